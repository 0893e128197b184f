import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { runChild } from "../src/run-child.js";

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
  assert.match(printed[0] as string, /true can't be started: .* longer than this system allows\n {2}Try this: .*fewer/);
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
