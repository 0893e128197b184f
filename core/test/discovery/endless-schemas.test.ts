import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { isMlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { loadConfig } from "../../src/load-config.js";
import { project, write } from "./plugin-packages.ts";

const test = suite("plugin schemas without an end");

const projectWith = (schema: object) => project({ name: "plugin-x", auth: "x", schema });

async function problemIn(folder: string): Promise<string> {
  try {
    const config = { version: 1, trackingUri: "https://mlflow.example.com", plugins: { x: {} } };
    await loadConfig({ config, cwd: folder, env: {} });
    return "none";
  } catch (error) {
    if (!isMlflowAuthError(error)) throw error;
    return `${error.problems[0]?.code} ${error.problems[0]?.message}`;
  }
}

const circles: Record<string, object> = {
  "a reference to itself": { $ref: "#" },
  "two references to each other": { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } } },
  "a part that is the whole": { allOf: [{ $ref: "#" }] },
  "a property that is itself": { type: "object", properties: { a: { $ref: "#/properties/a" } } },
  "a default that brings itself": { type: "object", default: {}, properties: { a: { $ref: "#" } } },
};
for (const [what, schema] of Object.entries(circles)) {
  test(`${what} is a fault of the package`, async () => {
    assert.match(await problemIn(projectWith(schema)), /^PLUGIN_MANIFEST .*plugin-x.* refers to itself without end/);
  });
}

test("one that is nested too deeply is a fault of the package", async () => {
  const folder = projectWith({});
  const levels = 50_000;
  const deep = `${'{"items":'.repeat(levels)}{}${"}".repeat(levels)}`;
  write(join(folder, "node_modules/plugin-x"), { "config.schema.json": deep });
  assert.match(await problemIn(folder), /^PLUGIN_MANIFEST .*plugin-x.* nested too deeply/);
});

test.run();
