import { delimiter } from "node:path";
import type { Config, InstanceConfig } from "@mlflow-auth/core/internal";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { bridgeVariable, pythonWheel } from "../../proxy/src/index.js";
import { childEnvironment } from "../src/child-environment.js";

const test = suite("the environment of a program under exec");

const server = { uri: "https://a.example.com", auth: ["vault"], headers: [], tags: [], allowInsecure: false };
const instance = (named: string[], fallbacks: string[] = []) =>
  ({ name: "vault", secretVariables: { named, fallbacks } }) as unknown as InstanceConfig;
const instances = [instance(["VAULT_SECRET_ID"], ["VAULT_OTHER"]), instance(["LISTED_KEY", "VAULT_OTHER"])];
const config: Config = { servers: [server], instances, warnings: [] };
const proxy = {
  url: "http://127.0.0.1:1/token",
  urlFor: (url: string) => (url.startsWith("https://registry") ? `http://127.0.0.1:1/token/~${url}` : undefined),
};

type Given = Record<string, string | undefined>;
const base = { parent: {}, proxy, upstream: server.uri, server, config, platform: "linux" } as const;
const of = (parent: Given, auth: string[] = server.auth) =>
  childEnvironment({ ...base, parent, server: { ...server, auth } });

const always = {
  MLFLOW_TRACKING_URI: proxy.url,
  MLFLOW_TRACKING_AUTH: "mlflow-auth",
  PYTHONPATH: pythonWheel,
  NO_PROXY: "127.0.0.1,localhost",
  no_proxy: "127.0.0.1,localhost",
};

const cases: Record<string, [parent: Given, child: Given]> = {
  "an empty one": [{}, {}],
  "a tracking URI is replaced": [{ MLFLOW_TRACKING_URI: "https://a.example.com" }, {}],
  "what has nothing to do with it stays": [
    { PATH: "/bin", VAULT_ADDR: "x", UNSET: undefined },
    { PATH: "/bin", VAULT_ADDR: "x" },
  ],
  "credentials of MLflow's clients go": [
    {
      MLFLOW_TRACKING_TOKEN: "x",
      MLFLOW_TRACKING_USERNAME: "x",
      MLFLOW_TRACKING_PASSWORD: "x",
      MLFLOW_TRACKING_AUTH: "x",
      MLFLOW_TRACKING_AWS_SIGV4: "true",
    },
    {
      MLFLOW_AUTH_REMOVED: `${["TOKEN", "USERNAME", "PASSWORD", "AWS_SIGV4"].map((end) => `MLFLOW_TRACKING_${end}`)}`,
    },
  ],
  "the way of a Python program around exec to a shared proxy goes": [{ _MLFLOW_AUTH_LAUNCH: "{}" }, {}],
  "settings of TLS stay": [
    { MLFLOW_TRACKING_SERVER_CERT_PATH: "/ca.pem", MLFLOW_TRACKING_CLIENT_CERT_PATH: "/c.pem" },
    { MLFLOW_TRACKING_SERVER_CERT_PATH: "/ca.pem", MLFLOW_TRACKING_CLIENT_CERT_PATH: "/c.pem" },
  ],
  "what the file's secrets come from goes, and the program can tell": [
    { VAULT_SECRET_ID: "x", LISTED_KEY: "x", VAULT_TOKEN: "y" },
    { VAULT_TOKEN: "y", MLFLOW_AUTH_REMOVED: "VAULT_SECRET_ID,LISTED_KEY" },
  ],
  "a fallback of one instance that the file names for another is no surprise": [
    { VAULT_OTHER: "x" },
    { MLFLOW_AUTH_REMOVED: "VAULT_OTHER" },
  ],
  "within another exec what that one took out is still told": [
    { MLFLOW_AUTH_REMOVED: "DD_API_KEY,LISTED_KEY", LISTED_KEY: "set again" },
    { MLFLOW_AUTH_REMOVED: "DD_API_KEY,LISTED_KEY" },
  ],
  "a listed registry gets a prefix of its own": [
    { MLFLOW_REGISTRY_URI: "https://registry.example.com" },
    { MLFLOW_REGISTRY_URI: `${proxy.url}/~https://registry.example.com` },
  ],
  "a registry that is no server stays": [
    { MLFLOW_REGISTRY_URI: "databricks-uc" },
    { MLFLOW_REGISTRY_URI: "databricks-uc" },
  ],
  "the user's own PYTHONPATH comes behind the bridge's, as it is": [
    { PYTHONPATH: "lib::/opt/x" },
    { PYTHONPATH: [pythonWheel, "lib::/opt/x"].join(delimiter) },
  ],
  "an empty PYTHONPATH adds nothing": [{ PYTHONPATH: "" }, {}],
  "NO_PROXY is kept, in both spellings": [
    { NO_PROXY: "corp.example.com" },
    { NO_PROXY: "corp.example.com,127.0.0.1,localhost", no_proxy: "corp.example.com,127.0.0.1,localhost" },
  ],
  "each spelling of NO_PROXY keeps its own": [
    { NO_PROXY: "a, localhost", no_proxy: "b" },
    { NO_PROXY: "a,localhost,127.0.0.1", no_proxy: "b,127.0.0.1,localhost" },
  ],
};

for (const [name, [parent, child]] of Object.entries(cases)) {
  test(name, () => {
    const { env, warnings } = of(parent);
    const { _MLFLOW_AUTH_BRIDGE: bridge, ...others } = env;
    assert.equal(others, { ...always, ...child });
    assert.ok(bridge);
    assert.equal(warnings, []);
  });
}

/** The names that are left of what was there, and the warnings. */
function left(
  given: string[],
  options: Partial<Parameters<typeof childEnvironment>[0]>,
): [string[], readonly string[]] {
  const parent = Object.fromEntries(given.map((name) => [name, `value of ${name}`]));
  const { env, warnings } = childEnvironment({ ...base, parent, ...options });
  return [given.filter((name) => env[name] === `value of ${name}`), warnings];
}

const credentials = ["MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME"];

test("--keep-env alone leaves all that the file's secrets come from, and nothing else", () => {
  const given = ["VAULT_SECRET_ID", "LISTED_KEY", ...credentials];
  assert.equal(left(given, { keep: "all" }), [["VAULT_SECRET_ID", "LISTED_KEY"], []]);
  const named = { ...config, instances: [instance(["MLFLOW_TRACKING_TOKEN"], ["DD_API_KEY"])] };
  const all = ["DD_API_KEY", ...credentials];
  assert.equal(left(all, { keep: "all", config: named }), [["DD_API_KEY", "MLFLOW_TRACKING_TOKEN"], []]);
});

test("--keep-env=NAME leaves that one", () => {
  const given = ["VAULT_SECRET_ID", "LISTED_KEY", ...credentials];
  assert.equal(left(given, { keep: new Set(["LISTED_KEY"]) }), [["LISTED_KEY"], []]);
  assert.equal(left(given, { keep: new Set(credentials) }), [credentials, []]);
});

test("a fallback goes, and one warning names it with the way to keep it", () => {
  const fallbacks = { ...config, instances: [instance(["NAMED"], ["DD_API_KEY", "DD_APP_KEY"])] };
  const [names, warnings] = left(["NAMED", "DD_API_KEY", "DD_APP_KEY"], { config: fallbacks });
  assert.equal([names, warnings.length], [[], 1]);
  assert.match(warnings.join(), /DD_API_KEY, DD_APP_KEY; .*--keep-env=DD_API_KEY --keep-env=DD_APP_KEY; /);
  assert.not.match(warnings.join(), "NAMED");
  const [kept, others] = left(["DD_API_KEY", "DD_APP_KEY"], { config: fallbacks, keep: new Set(["DD_API_KEY"]) });
  assert.equal([kept, others.length], [["DD_API_KEY"], 1]);
  assert.not.match(others.join(), "DD_API_KEY");
  assert.equal(left(["DD_API_KEY"], { config: fallbacks, keep: new Set(["DD_API_KEY", "DD_APP_KEY"]) })[1], []);
});

test("--keep-env of what exec takes not out, or must, changes nothing and says so", () => {
  for (const name of ["NOPE", "MLFLOW_TRACKING_AUTH", "MLFLOW_TRACKING_AWS_SIGV4"]) {
    const [names, warnings] = left(["MLFLOW_TRACKING_AUTH"], { keep: new Set([name]) });
    assert.equal(names, []);
    assert.match(warnings.join(), `--keep-env=${name} changes nothing`);
  }
});

test("a value that a shell put behind --keep-env= is not repeated", () => {
  const [, warnings] = left(["DD_API_KEY"], { parent: { DD_API_KEY: "abc" }, keep: new Set(["abc"]) });
  assert.equal(warnings.length, 1);
  assert.match(warnings.join(), "write --keep-env=DD_API_KEY");
  assert.not.match(warnings.join(), "abc");
});

test("what every program needs stays, even as a part of a secret", () => {
  const needed = ["MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI", "PATH", "HOME", "USER"];
  const parts = { ...config, instances: [instance([...needed, "PASSWORD"])] };
  assert.equal(left([...needed, "PASSWORD"], { config: parts })[0], needed.slice(1));
  assert.is(childEnvironment({ ...base, config: parts }).env["MLFLOW_TRACKING_URI"], proxy.url);
});

test("on Windows names are the same in every case", () => {
  const parent = {
    vault_secret_id: "x",
    Mlflow_Tracking_Token: "x",
    mlflow_tracking_uri: "https://x",
    PythonPath: "lib",
  };
  const names = (platform: NodeJS.Platform) => Object.keys(childEnvironment({ ...base, parent, platform }).env);
  const elsewhere = names("linux");
  for (const name of Object.keys(parent)) {
    assert.not(names("win32").includes(name), name);
    assert.ok(elsewhere.includes(name), name);
  }
});

test("where the server has no auth provider the client's own credentials stay", () => {
  assert.is(of({ MLFLOW_TRACKING_TOKEN: "x" }, []).env["MLFLOW_TRACKING_TOKEN"], "x");
});

test("a registry server that is not listed stays, with a warning", () => {
  const { env, warnings } = of({ MLFLOW_REGISTRY_URI: "https://elsewhere.example.com" });
  assert.is(env["MLFLOW_REGISTRY_URI"], "https://elsewhere.example.com");
  assert.is(warnings.length, 1);
});

const bridge = (parent: Given, auth?: string[]) => JSON.parse(of(parent, auth).env["_MLFLOW_AUTH_BRIDGE"] ?? "");

test("the bridge to the proxy learns where it is, what it stands for and what is listed", () => {
  const listed = [
    { ...server, uri: "https://A.example.com:8443/base/" },
    { ...server, uri: "https://a.example.com:8443/base/deep", auth: [] },
    { ...server, uri: "http://*.example.com" },
  ];
  const { env } = childEnvironment({ ...base, config: { ...config, servers: listed } });
  const { process: own, ...settings } = JSON.parse(env["_MLFLOW_AUTH_BRIDGE"] ?? "");
  assert.is(own.pid, process.pid);
  assert.equal(settings, {
    proxy: "http://127.0.0.1:1",
    token: "token",
    upstream: "https://a.example.com",
    servers: [
      { scheme: "https", host: "a.example.com", port: 8443, base: "/base/deep", auth: false },
      { scheme: "https", host: "a.example.com", port: 8443, base: "/base", auth: true },
      { scheme: "http", host: "*.example.com", port: 80, base: "", auth: true },
    ],
    displaced: { auth: null, sigv4: false },
    addresses: { MLFLOW_TRACKING_URI: { proxy: proxy.url, real: "https://a.example.com" } },
  });
});

test("the bridge learns whose place it took, even where the client's credentials go", () => {
  for (const auth of [[], ["vault"]]) {
    assert.equal(bridge({ MLFLOW_TRACKING_AUTH: "own" }, auth).displaced, { auth: "own", sigv4: false });
    assert.equal(bridge({ MLFLOW_TRACKING_AWS_SIGV4: "True" }, auth).displaced, { auth: null, sigv4: true });
    assert.is(of({ MLFLOW_TRACKING_AWS_SIGV4: "True" }, auth).env["MLFLOW_TRACKING_AWS_SIGV4"], undefined);
    assert.is(of({ MLFLOW_TRACKING_AUTH: "own" }, auth).env["MLFLOW_TRACKING_AUTH"], "mlflow-auth");
  }
  assert.equal(bridge({ MLFLOW_TRACKING_AWS_SIGV4: "false" }).displaced.sigv4, false);
});

test("within another exec the bridge does not take its own place", () => {
  assert.equal(bridge({ MLFLOW_TRACKING_AUTH: "mlflow-auth" }).displaced.auth, null);
});

test("the bridge knows a listed registry's own address, in a form that Python reads in the same way", () => {
  // The blank would become a part of every path there, and no such path is listed.
  const registry = "https://registry.example.com/ ";
  assert.equal(bridge({ MLFLOW_REGISTRY_URI: registry }).addresses.MLFLOW_REGISTRY_URI, {
    proxy: `${proxy.url}/~${registry}`,
    real: "https://registry.example.com",
  });
});

test("what switched a plugin on is not asked for servers that are not listed", () => {
  const parent = { MLFLOW_TRACKING_AUTH: "descope", MLFLOW_TRACKING_AWS_SIGV4: "true" };
  const displacedBy = (environment: string[]) => {
    const { env } = childEnvironment({ ...base, parent, config: { ...config, environment } });
    return JSON.parse(env[bridgeVariable] as string).displaced;
  };
  assert.equal(displacedBy(Object.keys(parent)), { auth: null, sigv4: false });
  assert.equal(displacedBy(["MLFLOW_AUTH_PLUGINS"]), { auth: "descope", sigv4: true });
});

test.run();
