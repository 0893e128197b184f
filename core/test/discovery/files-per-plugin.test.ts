/** A package with several plugins has a schema and an environment file for each. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { findPlugin, readInstalled } from "../../src/discovery/find-plugin.js";
import { isMlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { loadConfig } from "../../src/load-config.js";
import { groupOf, project, write } from "./plugin-packages.ts";

const test = suite("a file for each plugin of a package");

const schemaWith = (option: string) => ({
  type: "object",
  additionalProperties: false,
  required: [option],
  properties: { [option]: { type: "string", description: "It." } },
});

/** One package with the plugins `x`, `y` and `z`. */
function packageWith(declared: object): string {
  const names = { x: "./index.js:create_x", y: "./index.js:create_y" };
  const entryPoints = { [groupOf.auth]: names, [groupOf.tags]: { z: "./index.js:create_z" } };
  const manifest = { "entry-points": entryPoints, "mlflow-auth-plugin": { apiVersion: 1, ...declared } };
  const folder = project({ name: "plugin-x", manifest });
  write(`${folder}/node_modules/plugin-x`, {
    "x.json": schemaWith("ofX"),
    "y/config.json": schemaWith("ofY"),
    "from-x.json": [{ option: "ofX", variables: ["X"], as: "text" }],
  });
  return folder;
}

const perPlugin = { configSchema: { x: "./x.json", y: "./y/config.json" } };

async function problemsOf(folder: string, plugins: object): Promise<string[]> {
  const config = { version: 1, trackingUri: "https://mlflow.example.com", auth: [], plugins } as never;
  try {
    await loadConfig({ config, cwd: folder, env: {} });
    return [];
  } catch (error) {
    if (!isMlflowAuthError(error)) throw error;
    return error.problems.map(({ code, message }) => `${code} ${message.replace(/^`plugins\.\w+`: /, "")}`);
  }
}

test("each plugin takes the options of its own schema, and one without a schema takes none", async () => {
  const folder = packageWith(perPlugin);
  assert.equal(await problemsOf(folder, { x: { ofX: "1" }, y: { ofY: "1" }, z: {} }), []);
  const wrong = await problemsOf(folder, { x: { ofY: "1" }, y: {}, z: { ofX: "1" } });
  assert.equal(wrong.map((problem) => problem.split(" ", 2).join(" ")).sort(), [
    "MISSING_FIELD `plugins.y.ofY`",
    "UNKNOWN_FIELD `plugins.x.ofY`",
    "UNKNOWN_FIELD `plugins.z.ofX`",
  ]);
});

test("so does the environment file of each", () => {
  const folder = packageWith({ ...perPlugin, environment: { x: "./from-x.json" } });
  const installed = readInstalled({ folder, env: {} });
  assert.equal(findPlugin({ plugin: "x" }, installed).environment(), [{ option: "ofX", variables: ["X"], as: "text" }]);
  assert.is(findPlugin({ plugin: "y" }, installed).environment(), undefined);
});

test("a schema may stand in package.json itself: then a plugin with options is two files", async () => {
  const secret = { description: "It.", $ref: "mlflow-auth:values#/$defs/secret", "x-env": ["X_KEY"] };
  const inPlace = { type: "object", additionalProperties: false, properties: { key: secret } };
  const folder = packageWith({ configSchema: { x: inPlace, y: "./y/config.json" } });
  assert.equal(await problemsOf(folder, { x: { key: { env: "X_KEY" } }, y: { ofY: "1" } }), []);
  const [wrong = ""] = await problemsOf(folder, { x: { keys: { env: "X_KEY" } }, y: { ofY: "1" } });
  assert.ok(wrong.startsWith("UNKNOWN_FIELD"), wrong);
  assert.match(wrong, "did you mean `key`?");
  const { schema, package: owner } = findPlugin({ plugin: "x" }, readInstalled({ folder, env: {} }));
  assert.equal(schema, inPlace);
  assert.is(owner.configSchema, undefined);
});

/** A schema within a schema, so many times. */
function nested(times: number): object {
  return times === 0 ? {} : { items: nested(times - 1) };
}

const faults: [what: string, declared: object, told: RegExp][] = [
  [
    "a file of no plugin",
    { configSchema: { x: "./x.json", Y: "./y/config.json" } },
    /configSchema of `Y`, which is none/,
  ],
  ["an environment file of no plugin", { environment: { other: "./from-x.json" } }, /environment of `other`, which is/],
  ["a name that is none", { configSchema: { "not a name": "./x.json" } }, /configSchema of a name, which is none/],
  [
    "a file that is not there",
    { configSchema: { x: "./gone.json" } },
    /lacks the file that it names as its configSchema/,
  ],
  ["what is no file", { configSchema: { x: [] } }, /names no file as its configSchema/],
  ["a schema in place of a name", { configSchema: schemaWith("ofX") }, /of `type`, which .*plugins \(`x`, `y`, `z`\)/],
  [
    "a schema that hides a secret, in package.json itself",
    { configSchema: { x: { anyOf: [{ properties: { key: { $ref: "mlflow-auth:values#/$defs/secret" } } }] } } },
    /hides a secret from core in its configSchema at #\/anyOf\/0/,
  ],
  ["a schema in package.json without end", { configSchema: { x: nested(300) } }, /one nested too deeply/],
  ["a file outside", { configSchema: { x: "../../package.json" } }, /names a file outside of itself/],
];
for (const [what, declared, told] of faults) {
  test(`${what} is PLUGIN_MANIFEST`, async () => {
    const [problem = ""] = await problemsOf(packageWith(declared), { x: {} });
    assert.match(problem, /^PLUGIN_MANIFEST the package plugin-x /);
    assert.match(problem, told);
  });
}

test.run();
