import { chmodSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import { Ajv } from "ajv";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { backend, labels, stamp } from "../../core/test/config/sample-plugins.ts";
import { project, write } from "../../core/test/discovery/plugin-packages.ts";
import { installedSchema } from "../src/installed/compose-schema.js";

const test = suite("the composed schema");
const broken = { name: "plugin-broken", auth: "broken", manifest: { "mlflow-auth-plugin": { apiVersion: 9 } } };
const folder = project(backend, stamp, labels, broken);
const schema = installedSchema({ folder, env: {}, command: "/nowhere/x", core: "/nowhere/y" });
const validate = new Ajv({ allErrors: true, strict: false }).compile(schema);

function accepts(plugins: object, rest: object = {}): boolean {
  return validate({ version: 1, trackingUri: "${URI}", ...rest, plugins });
}

test("it stands alone and is valid JSON Schema", () => {
  assert.not.match(JSON.stringify(schema), "mlflow-auth:values");
  assert.ok(new Ajv({ strict: false }).validateSchema(schema));
});

test("it knows the plugins that are installed, each with core's own options", () => {
  assert.ok(
    accepts({ backend: { address: "https://x", timeout: "5s", enabled: true, token: { env: "X" } }, stamp: {} }),
  );
  assert.not.ok(accepts({ backend: { adress: "https://x" } }));
  assert.not.ok(accepts({ backend: { timeout: "5" } }));
  assert.not.ok(accepts({ stamp: { anything: 1 } }));
});

test("an instance of another name is judged by its plugin", () => {
  assert.ok(accepts({ mine: { plugin: "backend", mode: "basic" }, backend: { plugin: "stamp" } }));
  assert.not.ok(accepts({ mine: { plugin: "backend", mode: "other" } }));
  assert.not.ok(accepts({ mine: { mode: "basic" } }));
});

test("a variable may stand for any value, and what falls back to one may be left out", () => {
  assert.ok(
    accepts(
      { backend: { retries: "${R}", verify: "${V:-true}", mode: "${M}", cache: { ttl: "${T}" } } },
      { allowInsecure: "${I}" },
    ),
  );
  assert.not.ok(accepts({ backend: { retries: "three" } }));
});

test("what is told about a field is kept for editors", () => {
  const text = JSON.stringify(schema);
  for (const kept of ["Accepts any certificate", '"default":"5m"', "x-env"]) assert.match(text, kept);
});

const root = fileURLToPath(new URL("../..", import.meta.url));
/** But those of templates, whose plugin no package here has: `create-plugin`'s own tests try them. */
const examples = globSync(["**/mlflow-auth.yaml", "**/*.md"], {
  cwd: root,
  exclude: (name) => name === "node_modules" || name === "templates",
});

test("it accepts every file that the repository shows", () => {
  const real = installedSchema({ folder: join(root, "test"), env: {}, command: "/nowhere/x", core: "/nowhere/y" });
  const judge = new Ajv({ allErrors: true, strict: false }).compile(real);
  let files = 0;
  for (const name of examples) {
    const text = readFileSync(join(root, name), "utf8");
    const blocks = name.endsWith(".md")
      ? [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block]) => block)
      : [text];
    for (const block of blocks) {
      const data = parse(block as string);
      if (typeof data !== "object" || data === null || !("version" in data)) continue;
      files++;
      assert.ok(judge(data), `${name}: ${JSON.stringify(judge.errors?.[0])}`);
    }
  }
  assert.ok(files >= 4);
});

test("a plugin schema that is nested too deeply is left out", () => {
  const deepFolder = project({ name: "plugin-x", auth: "x", schema: {} });
  const levels = 50_000;
  const deep = `${'{"items":'.repeat(levels)}{}${"}".repeat(levels)}`;
  write(join(deepFolder, "node_modules/plugin-x"), { "config.schema.json": deep });
  const composed = installedSchema({ folder: deepFolder, env: {}, command: "/nowhere/a", core: "/nowhere/b" });
  assert.not(Object.hasOwn(composed["$defs"] as object, "plugin-x"));
});

if (process.platform !== "win32") {
  test("a package that somebody else may change is left out", () => {
    const other = project({ name: "plugin-x", auth: "x", schema: {} });
    const composed = () =>
      JSON.stringify(installedSchema({ folder: other, env: {}, command: "/nowhere/x", core: "/nowhere/y" }));
    assert.match(composed(), '"plugin-x":');
    chmodSync(join(other, "node_modules/plugin-x/index.js"), 0o666);
    assert.not.match(composed(), '"plugin-x":');
  });
}

test.run();
