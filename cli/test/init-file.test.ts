import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { run } from "./command.js";
import { enough, initSuite } from "./init-fixture.js";

const { ask, init, setup, test } = initSuite("the file that mlflow-auth init writes");

for (const [name, prepare] of [
  ["a file", () => setup().write("mlflow-auth.yaml", "version: 1\n")],
  ["a folder", () => mkdirSync(join(setup().folder, "mlflow-auth.yaml"))],
] as const) {
  test(`${name} of that name is left as it is`, async () => {
    prepare();
    const { code, stderr } = await init(enough);
    assert.is(code, 2);
    assert.match(stderr, /^USAGE: mlflow-auth\.yaml exists already.*\n {2}Try this: edit it/);
    assert.not(existsSync(join(setup().folder, ".mlflow-auth.schema.json")));
  });
}

test("of two that write at once, one does", async () => {
  const runs = await Promise.all([init(enough), init(enough), init(enough)]);
  assert.equal(runs.map(({ code }) => code).sort(), [0, 2, 2]);
  assert.is((await ask(["validate"], { VAULT_ADDR: "https://v.example.com", VAULT_ROLE_ID: "x" })).code, 0);
});

test("nobody else may write the file, whatever the umask", async () => {
  const before = process.umask(0);
  try {
    assert.is((await init(enough)).code, 0);
  } finally {
    process.umask(before);
  }
  assert.is(statSync(join(setup().folder, "mlflow-auth.yaml")).mode & 0o777, 0o644);
});

test("a file that the new one displaces is named", async () => {
  setup().write("package.json", JSON.stringify({ ...JSON.parse(setup().read("package.json")), "mlflow-auth": {} }));
  const first = await init(enough);
  assert.is(first.code, 0);
  assert.match(first.stderr, "it takes the place of package.json, which is not used here any more");
  mkdirSync(join(setup().folder, "sub"));
  const second = await run(["init", ...enough], { cwd: join(setup().folder, "sub") });
  assert.is(second.code, 0);
  assert.match(second.stderr, "it takes the place of ../mlflow-auth.yaml, which");
});

test("a file elsewhere is named in the command to try next", async () => {
  mkdirSync(join(setup().folder, "deploy"));
  const { code, stdout } = await init([...enough, "--config", "deploy/mlflow.yaml"]);
  assert.is(code, 0);
  assert.match(stdout, "mlflow-auth --config deploy/mlflow.yaml doctor");
  assert.ok(existsSync(join(setup().folder, "deploy/.mlflow-auth.schema.json")));
});

test("a file that exists is refused before anything else is asked for or missing", async () => {
  setup().write("mlflow-auth.yaml", "version: 1\n");
  const { code, stderr } = await init([]);
  assert.is(code, 2);
  assert.match(stderr, /^USAGE: mlflow-auth\.yaml exists already/);
});

test.run();
