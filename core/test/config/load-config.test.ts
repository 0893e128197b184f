import { join } from "node:path";
import { inspect } from "node:util";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { Config, InstanceConfig } from "../../src/config/config.js";
import { judgeUri } from "../../src/config/servers.js";
import { isMlflowAuthError, type MlflowAuthError, type Problem } from "../../src/errors/mlflow-auth-error.js";
import { loadConfig } from "../../src/load-config.js";
import type { SecretSource } from "../../src/secret/secret.js";
import { project, write } from "../discovery/plugin-packages.ts";
import { misleading } from "../http/path-table.ts";
import { backend, labels, second, stamp } from "./sample-plugins.ts";

const test = suite("loading a configuration");
const folder = project(backend, second, stamp, labels);
const head = "version: 1\ntrackingUri: https://mlflow.example.com\n";

async function load(text: string, env: Record<string, string> = {}): Promise<Config> {
  write(folder, { "mlflow-auth.yaml": text });
  return loadConfig({ cwd: folder, env });
}

async function problemsOf(config: unknown, env: Record<string, string> = {}): Promise<string[]> {
  const error = await failureOf(loadConfig({ config: config as never, cwd: folder, env }));
  return error.problems.map(({ code, message }) => `${code} ${message}`);
}

async function failureOf(config: Promise<Config>): Promise<MlflowAuthError> {
  try {
    await config;
  } catch (error) {
    if (isMlflowAuthError(error)) return error;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

async function optionsOf(options: string, env: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const config = await load(`${head}plugins:\n  backend:\n${options.replace(/^(?=.)/gm, "    ")}`, env);
  return (config.instances[0] as InstanceConfig).options;
}

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
    "SERVER_URI `trackingUri`: the address must be absolute and begin with https:// or http://",
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

test("an option that is not given falls back to its variables, then to its default", async () => {
  const env = {
    BACKEND_ADDR: "https://env.example.com",
    BACKEND_TOKEN_OLD: "t",
    BACKEND_RETRIES: "3",
    BACKEND_TTL: "90s",
  };
  const options = await optionsOf("mode: basic\n", { ...env, BACKEND_TOKEN: "" });
  assert.is(options["address"], "https://env.example.com");
  assert.is((options["token"] as SecretSource).origin, "the variable BACKEND_TOKEN_OLD");
  assert.is(options["retries"], 3);
  assert.is((options["cache"] as { ttl: number }).ttl, 90_000);
  assert.is(options["mode"], "basic");
  assert.not.ok("auth" in options);
  const given = await optionsOf("address: https://file.example.com\nretries: 1\n", env);
  assert.is(given["address"], "https://file.example.com");
  assert.is(given["retries"], 1);
  const bare = await optionsOf("address: https://file.example.com\ncache: {}\n");
  assert.is(bare["mode"], "bearer");
  assert.equal({ ...(bare["cache"] as object) }, { ttl: 300_000 });
});

test("the variables of a branch count once its discriminator picks it", async () => {
  const env = { BACKEND_ADDR: "https://x.example.com", BACKEND_ROLE_ID: "role", BACKEND_SECRET_ID: "s" };
  const options = await optionsOf("auth: { method: approle }\n", env);
  const { roleId, secretId } = options["auth"] as { roleId: string; secretId: SecretSource };
  assert.is(roleId, "role");
  assert.is((await secretId.read()).reveal(), "s");
  assert.equal(Object.keys((await optionsOf("auth: { method: token }\n", env))["auth"] as object), ["method"]);
});

test("a variable that fills a whole boolean or number is read as one, and nothing else is", async () => {
  const env = { YES: "true", NO: "FALSE", FIVE: "5", NAME: "7", OFF: "false" };
  const text =
    "address: https://${NAME}.example.com\nverify: ${YES}\nretries: ${FIVE}\nscopes: ['${NAME}', '${YES}']\noptional: ${NO}\n";
  const options = await optionsOf(text, env);
  assert.is(options["verify"], true);
  assert.is(options["retries"], 5);
  assert.equal(options["scopes"], ["7", "true"]);
  assert.is(options["address"], "https://7.example.com");
  assert.equal((await load(`${head}plugins: { backend: { enabled: "\${OFF}" } }\n`, env)).instances, []);
});

test("each way to write a secret becomes a source, read when it is asked", async () => {
  const env: Record<string, string> = { BACKEND_ADDR: "https://x.example.com", FROM: " from env " };
  const text = async (written: string) => {
    const source = (await optionsOf(`token: ${written}\n`, env))["token"] as SecretSource;
    return [source.origin, (await source.read()).reveal()];
  };
  write(folder, { "secrets/token": "  from file\n" });
  assert.equal(await text("{ env: FROM }"), ["the variable FROM", " from env "]);
  assert.equal(await text("${FROM}"), ["the variable FROM", " from env "]);
  assert.equal(await text("{ file: secrets/token }"), [`the file ${join(folder, "secrets/token")}`, "from file"]);
  assert.equal(await text("literal"), ["the configuration file", "literal"]);
});

test("a credential that stands in the file itself is a warning at its place", async () => {
  const at = async (written: string) => {
    const config = await load(
      `${head}plugins:\n  backend:\n    address: https://x.example.com\n    token: ${written}\n`,
      { A: "a" },
    );
    return config.warnings.map(({ code, line, column }) => `${code} ${line}:${column}`);
  };
  assert.equal(await at("literal"), ["SECRET_LITERAL 6:12"]);
  assert.equal(await at("x${A}"), ["SECRET_LITERAL 6:12"]);
  assert.equal(await at("${B:-literal}"), ["SECRET_LITERAL 6:12"]);
  assert.equal(await at("${A}"), []);
  assert.equal(await at("{ env: B }"), []);
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

const addresses: [given: string, canonical: string][] = [
  ["https://mlflow.example.com", "https://mlflow.example.com"],
  ["HTTPS://MLflow.Example.com:443/", "https://mlflow.example.com"],
  ["https://mlflow.example.com:8443/a/b//".slice(0, -1), "https://mlflow.example.com:8443/a/b"],
  ["http://127.0.0.1:5000", "http://127.0.0.1:5000"],
  ["http://[::1]:5000/x", "http://[::1]:5000/x"],
  ["https://*.example.com", "https://*.example.com"],
  ["https://ml-*.example.com/base", "https://ml-*.example.com/base"],
  ["https://*-eu.Example.com:443", "https://*-eu.example.com"],
  ["https://x.example.com/caf%C3%A9", "https://x.example.com/caf%C3%A9"],
];
for (const [given, canonical] of addresses) {
  test(`${given} is an address`, () => {
    assert.equal(judgeUri(given), { uri: canonical, cleartext: false });
  });
}

test("cleartext is what leaves the machine", () => {
  const isCleartext = (uri: string) => (judgeUri(uri) as { cleartext: boolean }).cleartext;
  for (const uri of ["http://x.example.com", "http://*.localhost", "http://10.0.0.1", "http://0.0.0.0"])
    assert.ok(isCleartext(uri), uri);
  for (const uri of ["http://localhost", "http://127.9.9.9", "http://[::1]", "https://x.example.com"])
    assert.not.ok(isCleartext(uri), uri);
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

test("no server is listed of which every request would be refused: its path is judged as theirs are", () => {
  for (const path of misleading) assert.type(judgeUri(`https://x.example.com/base${path}`), "string", path);
});

test("an address that servers read differently, or that names none, is refused", () => {
  const paths = [
    "/a%2525b",
    "/a%25b",
    "/a%2fb",
    "/a%5Cb",
    "/a%2eb",
    "/a\\b",
    "//a",
    "/a//b",
    "/a/./b",
    "/a/..",
    "/a/../b",
  ];
  for (const path of paths) assert.type(judgeUri(`https://x.example.com${path}`), "string", path);
  for (const uri of [
    "https://*",
    "https://*.",
    "https://a.*.example.com",
    "https://*.*.example.com",
    "https://*a*.example.com",
    "https://x.example.com/*",
    "https://user@x.example.com",
    "https://x.example.com.",
    "https://",
    "ftp://x.example.com",
    "x.example.com",
    "https://x.example.com?a",
    "https://x.example.com#a",
    "https://x.example.com/ä",
  ]) {
    assert.type(judgeUri(uri), "string", uri);
  }
});

test("a path in the file is relative to the file, one in a variable to the working directory", async () => {
  const text = "version: 1\ntrackingUri: https://x.example.com\ntls: { ca: ca.pem }\nplugins: {}\n";
  write(folder, { "below/mlflow-auth.yaml": text });
  const env = { MLFLOW_TRACKING_CLIENT_CERT_PATH: "client.pem" };
  const config = await loadConfig({ configFile: "below/mlflow-auth.yaml", cwd: folder, env });
  assert.is(config.servers[0]?.tls?.ca, join(folder, "below/ca.pem"));
  assert.is(config.servers[0]?.tls?.cert, join(folder, "client.pem"));
});

/** Options of the plugin, and the variables that its secrets come from: those that the file names, and fallbacks. */
const secretsFrom: [options: string, named: string[], fallbacks?: string[]][] = [
  ["token: { env: MINE }", ["MINE"]],
  ["token: ${SET}", ["SET"]],
  ["token: Bearer ${SET} and ${OTHER}", ["SET", "OTHER"]],
  ["token: ${SET:-default}", ["SET"]],
  ["token: ${UNSET:-default}", ["UNSET"]],
  ["token: literal", []],
  ["token: { file: '${SET}/file' }", []],
  ["token: { env: '${NAME}' }", ["MINE"]],
  ["", [], ["BACKEND_TOKEN_OLD"]],
  ["auth: { method: approle, roleId: '${OTHER}' }", [], ["BACKEND_SECRET_ID", "BACKEND_TOKEN_OLD"]],
  ["auth: { method: approle, roleId: x, secretId: '${BACKEND_TOKEN_OLD}' }", ["BACKEND_TOKEN_OLD"]],
  ["token: { env: MINE }\nmode: ${MODE}\nscopes: ['${OTHER}']", ["MINE"]],
  ["token: ${MINE}\naddress: https://${MINE}.example.com", ["MINE"]],
  ["token: $${SET}", []],
  ["token: literal\nkeys: ['${SET}', { env: MINE }, 'key ${OTHER}']", ["SET", "MINE", "OTHER"]],
];
for (const [options, named, fallbacks = []] of secretsFrom) {
  test(`the variables that secrets come from are known: ${options}`, async () => {
    const set = { SET: "x", OTHER: "x", MINE: "x", MODE: "basic", NAME: "MINE", BACKEND_ADDR: "https://b.example.com" };
    const env = { ...set, BACKEND_TOKEN_OLD: "x", BACKEND_SECRET_ID: "x" };
    const lines = options.replace(/^(?=.)/gm, "    ");
    const { instances } = await load(`${head}plugins:\n  backend:\n    retries: 1\n${lines}`, env);
    assert.equal(instances[0]?.secretVariables, { named, fallbacks });
  });
}

test("an option whose usual variable an exec around the program took out is a warning, or missing where it must be given", async () => {
  const env = { MLFLOW_AUTH_REMOVED: "BACKEND_TOKEN,BACKEND_ADDR" };
  const by = "was taken out of the environment by the `mlflow-auth exec` around this program";
  const given = await load(`${head}plugins: { backend: { address: "https://b.example.com" } }`, env);
  assert.equal(
    given.warnings.map(({ code, message }) => [code, message]),
    [
      [
        "VARIABLE_MISSING",
        `\`plugins.backend.token\` is not given, and the variable BACKEND_TOKEN ${by}: give that one --keep-env=BACKEND_TOKEN`,
      ],
    ],
  );
  const config = { version: 1, trackingUri: "https://mlflow.example.com", plugins: { backend: {} } };
  assert.equal(await problemsOf(config, env), [
    `MISSING_FIELD \`plugins.backend.address\` is missing, and the variable BACKEND_ADDR ${by}: give that one --keep-env=BACKEND_ADDR`,
  ]);
  assert.equal(await problemsOf({ ...config, trackingUri: "${BACKEND_ADDR}", plugins: {} }, env), [
    `VARIABLE_MISSING \`trackingUri\`: the variable BACKEND_ADDR ${by}: give that one --keep-env=BACKEND_ADDR`,
  ]);
  const set = { ...env, BACKEND_TOKEN: "x", BACKEND_ADDR: "https://b.example.com" };
  assert.equal((await load(`${head}plugins: { backend: {} }`, set)).warnings, []);
});

test.run();
