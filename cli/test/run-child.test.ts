import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { runChild } from "../src/run-child.js";
import { whyTooLong } from "../src/too-long.js";

const test = suite("run-child");

test("an environment that is too long for the system is a clear failure, and no stack", async () => {
  const printed: string[] = [];
  const { error } = console;
  console.error = (text: string) => printed.push(text);
  try {
    const end = await runChild(["true"], { ...process.env, LONG: "x".repeat(8 * 1024 * 1024) });
    assert.equal(end, { code: 125, started: false });
  } finally {
    console.error = error;
  }
  assert.is(printed.length, 1);
  assert.match(
    printed[0] as string,
    /true can't be started: .* longer than this system allows, .*\n {2}Try this: .*fewer/,
  );
});

test("it names the longest variables, and tells one that is too long from many", () => {
  const long = { SECOND: "y".repeat(2_000), LONG: "x".repeat(200_000) };
  const one = whyTooLong(["--flag"], long, "linux");
  assert.match(one, /, for one of them has 196 KiB\. The longest variables are LONG 196 KiB, SECOND 2 KiB; .* 1 KiB$/);
  const parts = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`PART_${index}`, "x".repeat(100_000)]));
  const many = whyTooLong(["a".repeat(2_000), "b"], parts, "linux");
  assert.match(
    many,
    /, for they have 3\.8 MiB together\. The longest variables are PART_\d+ 98 KiB, .*arguments have 2 KiB$/,
  );
  assert.match(whyTooLong([], long, "darwin"), /for they have 198 KiB together/);
  assert.not.match(one + many, /xxx|yyy/);
});

test("where this process ends before the program, the program gets SIGTERM, and whoever reads stderr is told", async () => {
  const module = new URL("../src/run-child.ts", import.meta.url).href;
  const script = `
    import { runChild } from ${JSON.stringify(module)};
    runChild(["sh", "-c", "trap 'echo ended; exit' TERM; echo begun; while :; do sleep 0.05; done"], process.env);
    process.stdin.once("data", () => process.exit(1));
  `;
  const loader = new URL("../../scripts/typescript.mjs", import.meta.url).href;
  const child = spawn(process.execPath, ["--import", loader, "--input-type=module", "-e", script]);
  closeAfterwards(() => child.kill("SIGKILL"));
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => {
    // A handler of the program's is there by now.
    if (stdout === "") child.stdin.write("end");
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  // The program holds stdout until it has ended, too.
  await once(child, "close");
  assert.is(stdout, "begun\nended\n");
  assert.match(stderr, /^mlflow-auth: exec ends before the program .* SIGTERM\n$/);
});

test.run();
