import { join } from "node:path";
import { inspect } from "node:util";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { InstanceConfig } from "../../src/config/config.js";
import type { Problem } from "../../src/errors/mlflow-auth-error.js";
import { loadConfig } from "../../src/load-config.js";
import type { SecretSource } from "../../src/secret/secret.js";
import { project, write } from "../discovery/plugin-packages.ts";
import { failureOf, folder, head, load, problemsOf } from "./loading.ts";
import { stamp } from "./sample-plugins.ts";

const test = suite("loading a configuration");

test("the short form is one server, served by all that are able", async () => {
  const config = await load(
    `${head}plugins: { backend: { address: "https://b.example.com" }, stamp: {}, labels: {} }\n`,
  );
  assert.is(config.file, join(folder, "mlflow-auth.yaml"));
  assert.equal(config.servers, [
    {
      uri: "https://mlflow.example.com",
      auth: ["backend"],
      headers: ["stamp"],
      tags: ["labels"],
      allowInsecure: false,
      tls: undefined,
      allowsAnonymous: false,
    },
  ]);
  assert.equal(
    config.instances.map(({ name, plugin, timeout, optional }) => ({ name, plugin, timeout, optional })),
    ["backend", "stamp", "labels"].map((name) => ({ name, plugin: name, timeout: 15_000, optional: false })),
  );
});

test("the long form takes names, lists and []", async () => {
  const config = await load(`version: 1
servers:
  - { uri: "https://a.example.com/base/", auth: [backend, second, backend], headers: stamp, tags: [] }
  - { uri: "https://*.b.example.com:8443", auth: second, headers: [], allowInsecure: true }
  - { uri: "http://localhost:5000", auth: [], gateway: { header: X-Front } }
plugins: { backend: { address: "https://b.example.com" }, second: {}, stamp: { optional: true, timeout: 2m }, labels: {} }
`);
  assert.equal(
    config.servers.map(({ gateway }) => gateway),
    [undefined, undefined, { header: "X-Front" }],
  );
  assert.equal(
    config.servers.map(({ uri, auth, headers, tags, allowInsecure }) => ({ uri, auth, headers, tags, allowInsecure })),
    [
      {
        uri: "https://a.example.com/base",
        auth: ["backend", "second"],
        headers: ["stamp"],
        tags: [],
        allowInsecure: false,
      },
      { uri: "https://*.b.example.com:8443", auth: ["second"], headers: [], tags: ["labels"], allowInsecure: true },
      { uri: "http://localhost:5000", auth: [], headers: ["stamp"], tags: ["labels"], allowInsecure: false },
    ],
  );
  const { optional, timeout } = config.instances.find(({ name }) => name === "stamp") as InstanceConfig;
  assert.equal({ optional, timeout }, { optional: true, timeout: 120_000 });
});

test("an instance may have another name than its plugin", async () => {
  const config = await load(
    `${head}plugins: { mine: { plugin: second }, other: { plugin: stamp, package: plugin-stamp } }\n`,
  );
  assert.equal(
    config.instances.map(({ name, plugin, package: { name: owner } }) => [name, plugin, owner]),
    [
      ["mine", "second", "plugin-second"],
      ["other", "stamp", "plugin-stamp"],
    ],
  );
});

test("the tracking URI falls back to MLFLOW_TRACKING_URI, but not beside servers", async () => {
  const env = { MLFLOW_TRACKING_URI: "https://env.example.com/" };
  assert.is((await load("version: 1\n", env)).servers[0]?.uri, "https://env.example.com");
  const config = await load("version: 1\nservers: [{ uri: https://a.example.com }]\n", env);
  assert.is(config.servers.length, 1);
  assert.equal(await problemsOf({ version: 1 }, { MLFLOW_TRACKING_URI: "databricks" }), [
    "SERVER_URI `trackingUri`: the address, which the variable MLFLOW_TRACKING_URI fills, must be absolute and begin with https:// or http://",
  ]);
  const [cleartext] = await problemsOf({ version: 1 }, { MLFLOW_TRACKING_URI: "http://a.example.com" });
  assert.match(
    cleartext as string,
    "by the address, which the variable MLFLOW_TRACKING_URI fills, credentials would travel",
  );
});

test("who takes the name that the other form has for the address is told the one of this form, and nothing else", async () => {
  assert.equal(await problemsOf({ version: 1, uri: "https://a.example.com" } as never, {}), [
    "UNKNOWN_FIELD `uri` does not exist; did you mean `trackingUri`?",
  ]);
  assert.equal(await problemsOf({ version: 1, servers: [{ trackingUri: "https://a.example.com" }] } as never, {}), [
    "UNKNOWN_FIELD `servers[0].trackingUri` does not exist; did you mean `uri`?",
  ]);
});

test("TLS files are relative to the file; MLflow's variables stand in, and a certificate alone holds its key", async () => {
  const env = { MLFLOW_TRACKING_CLIENT_CERT_PATH: "/etc/client.pem", MLFLOW_TRACKING_INSECURE_TLS: "true" };
  const config = await load(`${head}tls: { ca: certs/ca.pem }\n`, env);
  assert.equal(config.servers[0]?.tls, {
    ca: join(folder, "certs/ca.pem"),
    cert: "/etc/client.pem",
    key: "/etc/client.pem",
    insecureSkipVerify: true,
  });
});

test("what stands in an instance that is not enabled does not matter", async () => {
  const config = await load(`${head}plugins:
  vault: { enabled: false, address: "\${UNSET}", nonsense: [1], timeout: 7 }
  stamp: {}
`);
  assert.equal(
    config.instances.map(({ name }) => name),
    ["stamp"],
  );
});

test("a file given as an object goes through the same, with places by name", async () => {
  const config = await loadConfig({
    config: {
      version: 1,
      trackingUri: "${URI}",
      plugins: { backend: { address: "https://x", token: { file: "secrets/token" } } },
    },
    cwd: folder,
    env: { URI: "https://x.example.com" },
  });
  assert.is(config.file, undefined);
  assert.is(config.servers[0]?.uri, "https://x.example.com");
  assert.is(
    (config.instances[0] as InstanceConfig & { options: { token: SecretSource } }).options.token.origin,
    `the file ${join(folder, "secrets/token")}`,
  );
  assert.equal(
    await problemsOf({ version: 1, servers: [{ uri: "${NONE}" }, { uri: "x" }], plugins: { stamp: { a: 1 } } }),
    [
      "VARIABLE_MISSING `servers[0].uri`: the variable NONE is not set: set it, or write `${NONE:-default}`",
      "SERVER_URI `servers[1].uri`: the address must be absolute and begin with https:// or http://",
      "UNKNOWN_FIELD `plugins.stamp.a` does not exist; there are: none",
    ],
  );
});

test("an object that is no plain data is refused", async () => {
  const loop: Record<string, unknown> = { version: 1 };
  loop["plugins"] = loop;
  assert.match((await problemsOf(loop))[0] as string, "nested too deeply");
  assert.match((await problemsOf({ version: 1, trackingUri: () => "x" }))[0] as string, /^CONFIG_SYNTAX/);
  assert.equal((await problemsOf(null)).length, 1);
});

test("nobody can change a configuration, and its print shows no secret", async () => {
  const canary = ["can", "ary", "77"].join("");
  const config = await load(`${head}plugins: { backend: { address: "https://x", token: ${canary} } }\n`);
  const check = (value: unknown) => {
    if (typeof value !== "object" || value === null) return;
    assert.ok(Object.isFrozen(value), inspect(value));
    for (const inner of Object.values(value)) check(inner);
  };
  check(config);
  assert.not.match(inspect(config, { depth: 20, showHidden: true }), canary);
  assert.not.match(JSON.stringify(config), canary);
  assert.is(Object.getPrototypeOf((config.instances[0] as InstanceConfig).options), null);
});

test("a file of nothing but comments is unreadable, not valid", async () => {
  const error = await failureOf(load("# nothing\n"));
  assert.is(error.code, "CONFIG_UNREADABLE");
});

test("package.json may hold the configuration, with places in that file", async () => {
  const other = project(stamp);
  const config = { version: 1, trackingUri: "https://x.example.com", plugins: { stamp: { x: 1 } } };
  write(other, { "package.json": { dependencies: { "plugin-stamp": "1" }, "mlflow-auth": config } });
  const error = await failureOf(loadConfig({ cwd: other, env: {} }));
  const [{ file, line, column, code }] = error.problems as [Problem];
  assert.equal([file, line, column, code], ["package.json", 10, 9, "UNKNOWN_FIELD"]);
});

test("a name among thousands that don't exist is told without a list of all that do", async () => {
  const plugins = Object.fromEntries(
    Array.from({ length: 5000 }, (_, index) => [`stamp${index}`, { plugin: "stamp" }]),
  );
  const auth = Array.from({ length: 3000 }, (_, index) => `nobody-of-${index}`);
  const problems = await problemsOf({ version: 1, trackingUri: "https://x.example.com", auth, plugins });
  assert.is(problems.length, auth.length);
  for (const problem of problems) assert.ok(problem.length < 500);
  const long = { version: 1, trackingUri: "https://x.example.com", auth: "a".repeat(100_000), plugins: { stamp: {} } };
  assert.match((await problemsOf(long)).join(), /there are: stamp$/);
});

test("a path in the file is relative to the file, one in a variable to the working directory", async () => {
  const text = "version: 1\ntrackingUri: https://x.example.com\ntls: { ca: ca.pem }\nplugins: {}\n";
  write(folder, { "below/mlflow-auth.yaml": text });
  const env = { MLFLOW_TRACKING_CLIENT_CERT_PATH: "client.pem" };
  const config = await loadConfig({ configFile: "below/mlflow-auth.yaml", cwd: folder, env });
  assert.is(config.servers[0]?.tls?.ca, join(folder, "below/ca.pem"));
  assert.is(config.servers[0]?.tls?.cert, join(folder, "client.pem"));
});

test.run();
