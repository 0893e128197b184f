import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { config, outcome, plugin } from "./package-outcome.js";
import { project } from "./plugin-packages.ts";

const test = suite("slips of a plugin's author");

const entry = { x: "./index.js:create_auth" };
const declares = (groups: object) => project({ ...plugin, manifest: { "entry-points": groups } });

for (const [given, meant] of [
  ["mlflow.request_auth_providr", "mlflow.request_auth_provider"],
  ["mlflow.request_auth_providers", "mlflow.request_auth_provider"],
  ["mlflow.request-auth-provider", "mlflow.request_auth_provider"],
  ["mlflow.requestAuthProvider", "mlflow.request_auth_provider"],
  ["request_auth_provider", "mlflow.request_auth_provider"],
  ["mlflow.request_headers_provider", "mlflow.request_header_provider"],
  ["mlflow.run_context_providers", "mlflow.run_context_provider"],
  ["mlflow_auth.commands", "mlflow_auth.command"],
] as const) {
  test(`a slip in the name of a group is told with what was meant: ${given}`, async () => {
    const text = await outcome({ cwd: declares({ [given]: entry }), config });
    assert.match(text, /^PLUGIN_MANIFEST /);
    assert.match(text, `has entry points of \`${given}\`, which nobody reads; did you mean \`${meant}\`?`);
    const beside = declares({ "mlflow.request_auth_provider": entry, [given]: entry });
    assert.match(await outcome({ cwd: beside, config }), "did you mean");
  });
}

test("groups of others' are nobody's slip", async () => {
  for (const given of [
    "mlflow.default_experiment_provider",
    "mlflow.artifact_repository",
    "console_scripts",
    "mlflow",
  ]) {
    const folder = declares({ "mlflow.request_auth_provider": entry, [given]: { x: 1, y: 2 } });
    assert.not.match(await outcome({ cwd: folder, config }), "did you mean", given);
  }
});

for (const name of ["timeout", "plugin", "package", "enabled", "optional"]) {
  test(`an option of the plugin's may not be called ${name}, wherever its schema has it`, async () => {
    const properties = { [name]: { type: "string" } };
    for (const schema of [
      { type: "object", properties },
      { type: "object", required: [name] },
      { type: "object", allOf: [{ $ref: "#/$defs/more" }], $defs: { more: { properties } } },
      { type: "object", oneOf: [{ properties: { a: {} } }, { properties }] },
      { type: "object", if: {}, else: { anyOf: [{ properties }] } },
    ]) {
      const text = await outcome({ cwd: project({ ...plugin, schema }), config });
      assert.match(text, /^PLUGIN_MANIFEST /);
      assert.match(text, `has a configSchema with the option \`${name}\`, which mlflow-auth takes for itself`);
    }
    const deeper = { type: "object", properties: { own: { type: "object", properties } } };
    assert.not.match(await outcome({ cwd: project({ ...plugin, schema: deeper }), config }), "takes for itself");
  });
}

for (const [what, schema, reason] of [
  [
    "an unknown type",
    { type: "object", properties: { a: { type: "text" } } },
    "#/properties/a/type must be equal to one of",
  ],
  ["a list that is none", { type: "object", required: "a" }, "#/required must be array"],
  ["a pattern that is none", { type: "object", properties: { a: { pattern: "(" } } }, "Invalid regular expression"],
] as const) {
  test(`a schema that is none is told with ajv's reason: ${what}`, async () => {
    const given = { ...config, plugins: { x: { a: "given" } } };
    const text = await outcome({ cwd: project({ ...plugin, schema }), config: given });
    assert.match(text, /^PLUGIN_MANIFEST /);
    assert.match(text, "is not a JSON Schema (draft-07) (");
    assert.match(text, reason);
  });
}

test.run();
