import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { run } from "./command.js";
import { createSite, type Site } from "./project.js";

const test = suite("validate");

let site: Site;
test.beforeEach(async () => {
  site = await createSite();
});
test.afterEach(() => site.stop());

const validate = (args: string[] = [], env = {}) => run(["validate", ...args], { cwd: site.project.folder, env });

test("a sound file: says which it is, its servers and its plugins", async () => {
  const { code, stdout, stderr } = await validate();
  assert.is(code, 0);
  assert.is(stderr, "");
  assert.match(stdout, /^valid {2}mlflow-auth\.yaml\n/);
  assert.ok(stdout.includes(`  ${site.upstream.uri}\n    auth: test   headers: none   tags: none\n`));
  assert.match(stdout, / {2}test {3}mlflow-auth-plugin-test 1\.0\.0\n/);
});

test("as JSON", async () => {
  const { code, stdout } = await validate(["--json"]);
  assert.is(code, 0);
  assert.equal(JSON.parse(stdout), {
    valid: true,
    file: `${site.project.folder}/mlflow-auth.yaml`,
    servers: [{ uri: site.upstream.uri, auth: ["test"], headers: [], tags: [] }],
    plugins: [{ name: "test", plugin: "test", package: "mlflow-auth-plugin-test", version: "1.0.0" }],
    problems: [],
    warnings: [],
  });
});

test("imports no plugin and asks no server", async () => {
  site.project.write("node_modules/mlflow-auth-plugin-test/index.js", "console.log('imported'); process.exit(9);");
  const { code, stdout } = await validate();
  assert.is(code, 0);
  assert.not(stdout.includes("imported"));
  assert.is(site.upstream.seen.length, 0);
});

test("every problem in one go, each with its place, on stderr", async () => {
  site.configure("version: 1\ntrackingUri: URI\ntrackinUri: x\nplugins:\n  test: { file: FILE, fil: canary-value }\n");
  const { code, stdout, stderr } = await validate();
  assert.is(code, 3);
  assert.is(stdout, "");
  assert.match(stderr, /^mlflow-auth\.yaml:3:1 {2}UNKNOWN_FIELD {2}/m);
  assert.match(stderr, /^mlflow-auth\.yaml:5:\d+ {2}UNKNOWN_FIELD {2}/m);
  assert.not(stderr.includes("canary-value"));
});

test("problems as JSON", async () => {
  site.configure("version: 1\ntrackinUri: x\n");
  const { code, stdout, stderr } = await validate(["--json"]);
  assert.is(code, 3);
  assert.is(stderr, "");
  const { valid, problems } = JSON.parse(stdout);
  assert.is(valid, false);
  const unknown = problems.find((problem: { code: string }) => problem.code === "UNKNOWN_FIELD");
  assert.equal([unknown.file, unknown.line, unknown.column], ["mlflow-auth.yaml", 2, 1]);
});

test("warnings do not make a file invalid", async () => {
  site.configure("version: 1\ntrackingUri: URI\nplugins:\n  test: { file: FILE, token: canary-value }\n");
  const { code, stdout, stderr } = await validate();
  assert.is(code, 0);
  assert.match(stdout, /^valid/);
  assert.match(stderr, /^warning {2}mlflow-auth\.yaml:4:/);
  assert.not((stdout + stderr).includes("canary-value"));
});

test("no file", async () => {
  const { code, stderr } = await validate(["--config", "nope.yaml"]);
  assert.is(code, 3);
  assert.match(stderr, /^CONFIG_NOT_FOUND: .*nope\.yaml.*\n {2}Try this: /);
});

test.run();
