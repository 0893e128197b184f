/** What `init --from-env` makes of the variables of Hokusai's SDK. */
import * as assert from "uvu/assert";
import { initSuite } from "./init-fixture.js";

const { file, init, renew, setup, test } = initSuite("mlflow-auth init --from-env, behind Hokusai");

const common = { MLFLOW_AUTH_PLUGINS: "hokusai", MLFLOW_TRACKING_URI: "https://registry.hokus.ai/api/mlflow" };

const table: [env: Record<string, string>, options: object][] = [
  [{ HOKUSAI_OPTIONAL_MLFLOW: "true" }, { onUnavailable: "continue" }],
  [{ HOKUSAI_OPTIONAL_MLFLOW: "false" }, {}],
  // What the plugin reads by itself is named in a comment.
  [
    { HOKUSAI_API_ENDPOINT: "https://hokusai.example.com/api", HOKUSAI_MOCK_MODE: "true" },
    { endpoint: "${HOKUSAI_API_ENDPOINT}" },
  ],
];
for (const [env, options] of table) {
  test(`${Object.entries(env).flat().join(" ")}: becomes options, and the key stands there by its name`, async () => {
    renew("hokusai");
    const HOKUSAI_API_KEY = `canary-${process.pid}`;
    const { code, stderr } = await init(["--from-env"], { ...common, ...env, HOKUSAI_API_KEY });
    assert.is(code, 0, stderr);
    assert.equal(file().plugins, { hokusai: { apiKey: { env: "HOKUSAI_API_KEY" }, ...options } });
    const written = setup().read("mlflow-auth.yaml");
    const told = Object.keys(env).filter((name) => env[name] !== "false");
    for (const name of told) assert.match(written + stderr, name);
    assert.not.match(stderr + written, HOKUSAI_API_KEY);
  });
}

test.run();
