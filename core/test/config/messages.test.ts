import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { formatError, isMlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { loadConfig } from "../../src/load-config.js";
import { loadMlflowAuth } from "../../src/mlflow-auth.js";
import { project, temporaryFolder, write } from "../discovery/plugin-packages.ts";
import { backend, second, stamp } from "./sample-plugins.ts";

const test = suite("what messages say");
const folder = project(backend, second, stamp);

async function said(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (isMlflowAuthError(error)) return formatError(error);
    throw error;
  }
  throw new Error("there was no error");
}

function load(text: string, env: Record<string, string> = {}): Promise<string> {
  write(folder, { "mlflow-auth.yaml": `version: 1\ntrackingUri: https://mlflow.example.com\n${text}` });
  return said(loadConfig({ cwd: folder, configFile: "mlflow-auth.yaml", env }));
}

test("a value that a variable fills is told with the variable's name, and not with its value", async () => {
  const text = await load("plugins: { backend: { address: https://x.example.com, verify: '${FLAG}' } }\n", {
    FLAG: "perhaps",
  });
  assert.match(text, "`plugins.backend.verify`, which the variable FLAG fills, must be true or false");
  assert.not.match(text, "perhaps");
  const two = await load("allowInsecure: '${ONE}${TWO}'\n", { ONE: "a", TWO: "b" });
  assert.match(two, "which the variables ONE and TWO fill,");
});

test("an instance without options is shown how to write none", async () => {
  assert.match(
    await load("plugins:\n  stamp:\n"),
    "`plugins.stamp` must be a mapping of fields (`{}` if it needs none)",
  );
});

test("a text where fields belong is shown which of them are needed", async () => {
  const text = await load("plugins: { backend: { address: https://x.example.com, auth: approle } }\n");
  assert.match(text, "`plugins.backend.auth` must be a mapping of fields (at least `method`)");
});

test("an address that is a variable without braces is shown how one is written", async () => {
  write(folder, { "mlflow-auth.yaml": "version: 1\ntrackingUri: $MLFLOW_TRACKING_URI\n" });
  const text = await said(loadConfig({ cwd: folder, configFile: "mlflow-auth.yaml", env: {} }));
  assert.match(text, "begin with https:// or http://; a variable is written `${NAME}`");
  assert.not.match(text, "MLFLOW_TRACKING_URI");
});

test("one slip is told once, however many servers there are", async () => {
  const servers = ["a", "b", "c"].map((name) => `  - uri: https://${name}.example.com\n`).join("");
  write(folder, {
    "mlflow-auth.yaml": `version: 1\nservers:\n${servers}plugins: { second: {}, other: { plugin: second } }\n`,
  });
  const text = await said(loadConfig({ cwd: folder, configFile: "mlflow-auth.yaml", env: {} }));
  assert.is(text.split("\n").length, 1);
  assert.match(text, /`auth: second`, and so with 2 more of the servers$/);
});

test("a package that lies there undeclared is told apart from one that is not installed", async () => {
  const other = project();
  write(other, {
    "node_modules/acme/package.json": {
      name: "acme",
      "entry-points": { "mlflow.request_auth_provider": { acme: "./x.js:x" } },
    },
  });
  const config = { version: 1, trackingUri: "https://x.example.com", plugins: { acme: {} } };
  const text = await said(loadConfig({ config, cwd: other, env: {} }));
  assert.match(text, `${other} does not name it as a dependency: npm install acme`);
});

test("a faulty package comes with what to do about it", async () => {
  const other = project({ ...stamp, manifest: { "mlflow-auth-plugin": { apiVersion: 7 } } });
  const config = { version: 1, trackingUri: "https://x.example.com", plugins: { stamp: {} } };
  const text = await said(loadConfig({ config, cwd: other, env: {} }));
  assert.match(text, "speaks version 1: install another version of it, or tell its author");
});

test("a package.json without our key is not taken for a file of comments", async () => {
  const other = temporaryFolder();
  write(other, { "package.json": { name: "x" } });
  const text = await said(loadConfig({ cwd: other, configFile: "package.json", env: {} }));
  assert.match(text, /^CONFIG_UNREADABLE: package\.json has nothing under the key `mlflow-auth`\n/);
});

test("the library speaks of configFile, the command of --config", async () => {
  const other = temporaryFolder();
  const library = await said(loadMlflowAuth({ cwd: other, configFile: "nope.yaml", env: {} }));
  assert.match(library, "(named by configFile)");
  assert.not.match(library, "--config");
  const command = await said(loadConfig({ cwd: other, configFile: "nope.yaml", env: {} }));
  assert.match(command, "(named by --config)");
  const none = await said(loadMlflowAuth({ cwd: other, env: { HOME: other } }));
  assert.match(none, "write one with `mlflow-auth init`, or name it with configFile or MLFLOW_AUTH_CONFIG");
  write(other, { "empty.yaml": " " });
  const empty = await said(loadMlflowAuth({ cwd: other, configFile: "empty.yaml" }));
  assert.match(empty, "name another file with configFile");
});

test("who says that a credential is optional is told what to do instead", async () => {
  const text = await load("plugins:\n  backend:\n    address: https://x.example.com\n    optional: true\n");
  assert.match(
    text,
    /mlflow-auth\.yaml:6:5 {2}FIELD_CONFLICT {2}this plugin only authenticates, .*leave `optional` out/,
  );
  const off = await said(
    loadConfig({
      cwd: folder,
      config: {
        version: 1,
        trackingUri: "https://mlflow.example.com",
        plugins: {
          backend: { address: "https://x.example.com", optional: false },
          stamp: { optional: true },
          gone: {},
        },
      },
      env: {},
    }),
  );
  assert.not.match(off, "optional");
});

test("a key that stands twice, and an instance that is not enabled, are told as what they are", async () => {
  assert.match(await load("auth: []\nauth: []\n"), "this key stands here twice");
  assert.match(
    await load("auth: second\nplugins: { second: { enabled: false } }\n"),
    "this instance of `plugins` is not enabled",
  );
});

test.run();
