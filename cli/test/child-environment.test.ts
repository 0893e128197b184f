import type { Config, InstanceConfig } from "@mlflow-auth/core/internal";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
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
  childEnvironment({ parent, proxy, server: { ...server, auth }, config, keepEnv });

const always = { MLFLOW_TRACKING_URI: proxy.url, NO_PROXY: "127.0.0.1,localhost", no_proxy: "127.0.0.1,localhost" };

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
    assert.equal(env, { ...always, ...child });
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

test.run();
