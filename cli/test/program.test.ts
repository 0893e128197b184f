import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { run } from "./command.js";
import { createSite, type Site } from "./project.js";

const test = suite("the command line");

let site: Site;
test.before(async () => {
  site = await createSite();
});
test.after(() => site.stop());

const ask = (args: string[], env = {}) => run(args, { cwd: site.project.folder, env });

for (const command of [[], ["validate"], ["headers"], ["exec"], ["proxy"]]) {
  test(`mlflow-auth ${[...command, "--help"].join(" ")} shows an example`, async () => {
    const { code, stdout, stderr } = await ask([...command, "--help"]);
    assert.is(code, 0);
    assert.match(stdout, /^Usage: mlflow-auth/);
    assert.match(stdout, new RegExp(`Example:\n {2}\\$ mlflow-auth ${command[0] ?? ""}`));
    assert.is(stderr, "");
  });
}

test("--version prints the version", async () => {
  const { version } = JSON.parse(readFileSync(fileURLToPath(new URL("../package.json", import.meta.url)), "utf8"));
  const { code, stdout } = await ask(["--version"]);
  assert.is(code, 0);
  assert.is(stdout, `${version}\n`);
});

const wrong: [args: string[], said: RegExp][] = [
  [[], /Usage: mlflow-auth/],
  [["valdate"], /^USAGE: unknown command 'valdate'\n\(Did you mean validate\?\)\n {2}Try this: /],
  [["validate", "--jsn"], /^USAGE: unknown option '--jsn'\n\(Did you mean --json\?\)\n {2}Try this: /],
  [["validate", "extra"], /^USAGE: too many arguments/],
  [["headers"], /^USAGE: missing required argument 'url'/],
  [["exec"], /^USAGE: missing required argument 'command'/],
  [["exec", "--servr", "x", "--", "true"], /^USAGE: unknown option '--servr'\n\(Did you mean --server\?\)/],
  [["proxy", "--port", "70000"], /^USAGE: option '--port <port>' argument '70000' is invalid/],
  [["proxy", "--config"], /^USAGE: option '--config <file>' argument missing/],
];

for (const [args, said] of wrong) {
  test(`mlflow-auth ${args.join(" ")} is used wrongly`, async () => {
    const { code, stdout, stderr } = await ask(args);
    assert.is(code, 2);
    assert.match(stderr, said);
    assert.is(stdout, "");
  });
}

test("--config is taken before the command and behind it", async () => {
  const file = site.project.write("other.yaml", "version: 1\ntrackingUri: https://other.example.com\n");
  for (const args of [
    ["--config", file, "validate"],
    ["validate", "--config", file],
  ]) {
    const { code, stdout } = await ask(args);
    assert.is(code, 0);
    assert.match(stdout, /other\.example\.com/);
  }
});

test("nothing is coloured away from a terminal", async () => {
  const { stdout, stderr } = await ask(["validate"], { FORCE_COLOR: "1" });
  assert.not((stdout + stderr).includes("\x1b"));
});

test("a reader that goes away is no failure", async () => {
  const child = spawn("sh", ["-c", '"$0" "$1" validate; echo "code $?" >&2', process.execPath, program], {
    cwd: site.project.folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.destroy();
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  await once(child, "close");
  assert.is(stderr, "code 0\n");
});

const program = fileURLToPath(new URL("../bin/mlflow-auth.js", import.meta.url));

test.run();
