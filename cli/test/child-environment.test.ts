import { delimiter } from "node:path";
import type { Config, InstanceConfig } from "@mlflow-auth/core/internal";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { pythonFolder } from "../../proxy/src/index.js";
import { childEnvironment } from "../src/child-environment.js";

const test = suite("the environment of a program under exec");

const server = { uri: "https://a.example.com", auth: ["vault"], headers: [], tags: [], allowInsecure: false };
const variable = (name: string) =>
  Object.freeze({ origin: `the variable ${name}`, variable: name, read: () => Promise.reject() });
const instance = {
  name: "vault",
  options: {
    auth: { secretId: variable("VAULT_SECRET_ID") },
    list: [{ key: variable("LISTED_KEY") }],
    other: { origin: "x" },
  },
} as unknown as InstanceConfig;
const config: Config = { servers: [server], instances: [instance], warnings: [] };
const proxy = {
  url: "http://127.0.0.1:1/token",
  urlFor: (url: string) => (url.startsWith("https://registry") ? `http://127.0.0.1:1/token/~${url}` : undefined),
};

type Given = Record<string, string | undefined>;
const of = (parent: Given, keepEnv = false, auth: string[] = server.auth) =>
  childEnvironment({ parent, proxy, upstream: server.uri, server: { ...server, auth }, config, keepEnv });

const always = {
  MLFLOW_TRACKING_URI: proxy.url,
  MLFLOW_TRACKING_AUTH: "mlflow-auth",
  PYTHONPATH: pythonFolder,
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
    {},
  ],
  "settings of TLS stay": [
    { MLFLOW_TRACKING_SERVER_CERT_PATH: "/ca.pem", MLFLOW_TRACKING_CLIENT_CERT_PATH: "/c.pem" },
    { MLFLOW_TRACKING_SERVER_CERT_PATH: "/ca.pem", MLFLOW_TRACKING_CLIENT_CERT_PATH: "/c.pem" },
  ],
  "what the file names by { env } goes": [
    { VAULT_SECRET_ID: "x", LISTED_KEY: "x", VAULT_TOKEN: "y" },
    { VAULT_TOKEN: "y" },
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
    { PYTHONPATH: [pythonFolder, "lib::/opt/x"].join(delimiter) },
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
    const { MLFLOW_AUTH_BRIDGE: bridge, ...others } = env;
    assert.equal(others, { ...always, ...child });
    assert.ok(bridge);
    assert.equal(warnings, []);
  });
}

test("--keep-env leaves what the file names", () => {
  assert.is(of({ VAULT_SECRET_ID: "x" }, true).env["VAULT_SECRET_ID"], "x");
});

test("where the server has no auth provider the client's own credentials stay", () => {
  assert.is(of({ MLFLOW_TRACKING_TOKEN: "x" }, false, []).env["MLFLOW_TRACKING_TOKEN"], "x");
});

test("a registry server that is not listed stays, with a warning", () => {
  const { env, warnings } = of({ MLFLOW_REGISTRY_URI: "https://elsewhere.example.com" });
  assert.is(env["MLFLOW_REGISTRY_URI"], "https://elsewhere.example.com");
  assert.is(warnings.length, 1);
});

const bridge = (parent: Given, auth?: string[]) => JSON.parse(of(parent, false, auth).env["MLFLOW_AUTH_BRIDGE"] ?? "");

test("the bridge to the proxy learns where it is, what it stands for and what is listed", () => {
  const listed = [
    { ...server, uri: "https://A.example.com:8443/base/" },
    { ...server, uri: "https://a.example.com:8443/base/deep", auth: [] },
    { ...server, uri: "http://*.example.com" },
  ];
  const options = { parent: {}, proxy, upstream: server.uri, server, keepEnv: false };
  const { env } = childEnvironment({ ...options, config: { ...config, servers: listed } });
  assert.equal(JSON.parse(env["MLFLOW_AUTH_BRIDGE"] ?? ""), {
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
    assert.is(of({ MLFLOW_TRACKING_AWS_SIGV4: "True" }, false, auth).env["MLFLOW_TRACKING_AWS_SIGV4"], undefined);
    assert.is(of({ MLFLOW_TRACKING_AUTH: "own" }, false, auth).env["MLFLOW_TRACKING_AUTH"], "mlflow-auth");
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

test.run();
