import { lstatSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { run } from "./command.js";
import { createSetup, type Setup } from "./setup.js";

const test = suite("mlflow-auth schema");

let setup: Setup;
test.beforeEach(() => {
  setup = createSetup();
});
test.afterEach(() => setup.remove());

const schema = (...args: string[]) => run(["schema", ...args], { cwd: setup.folder });
const FILE = ".mlflow-auth.schema.json";
const line = `# yaml-language-server: $schema=${FILE}\n`;

test("prints one schema that knows the installed plugins, with and without a file", async () => {
  const { code, stdout } = await schema();
  assert.is(code, 0);
  const { $defs } = JSON.parse(stdout);
  assert.ok($defs["plugin-vault"] && $defs["plugin-datadog"]);
  setup.write("mlflow-auth.yaml", "this is [not a file\n");
  assert.is((await schema()).stdout, stdout);
});

test("--write keeps it beside the file, and says what it did", async () => {
  setup.write("mlflow-auth.yaml", `${line}version: 1\n`);
  const first = await schema("--write");
  assert.equal([first.code, first.stdout, first.stderr], [0, `${FILE} is written\n`, ""]);
  assert.is(setup.read(FILE), (await schema()).stdout);
  const { mtimeMs } = lstatSync(join(setup.folder, FILE));
  assert.is((await schema("--write")).stdout, `${FILE} is up to date already\n`);
  assert.is(lstatSync(join(setup.folder, FILE)).mtimeMs, mtimeMs);
});

test("--write says by which line editors find it, if the file does not name it", async () => {
  setup.write("mlflow-auth.yaml", "version: 1\n");
  const { code, stderr } = await schema("--write");
  assert.is(code, 0);
  assert.match(stderr, `Try this: make this its first line: ${line.trim()}`);
});

test("in JSON it is a member, and in package.json there is no place for it", async () => {
  setup.write("mlflow-auth.json", '{ "version": 1 }');
  assert.match((await schema("--write")).stderr, `"$schema": "./${FILE}",`);
  const other = setup.write("sub/package.json", '{ "mlflow-auth": { "version": 1 } }');
  assert.match((await schema("--write", "--config", other)).stderr, "has a schema of its own");
});

test("--write leaves no half-written file behind and follows no link", async () => {
  setup.write("mlflow-auth.yaml", `${line}version: 1\n`);
  setup.write("theirs.json", "theirs");
  symlinkSync("theirs.json", join(setup.folder, FILE));
  assert.is((await schema("--write")).code, 0);
  assert.is(setup.read("theirs.json"), "theirs");
  assert.not(lstatSync(join(setup.folder, FILE)).isSymbolicLink());
  assert.equal(
    readdirSync(setup.folder).filter((name) => name.startsWith(FILE)),
    [FILE],
  );
});

test("--write without a file says how to get one", async () => {
  const { code, stderr } = await schema("--write");
  assert.is(code, 3);
  assert.match(stderr, /^CONFIG_NOT_FOUND: .*\n {2}Try this: write one with `mlflow-auth init`/);
});

test.run();
