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
    "MISSING_FIELD `plugins.x.ofX`",
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
  ["what is no file", { configSchema: { x: { type: "object" } } }, /names no file as its configSchema/],
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
