/** Where MLFLOW_TRACKING_URI holds a name that is no address, the plugin that knows the name says which server is meant. */
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { formatError, type MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { loadConfig } from "../../src/load-config.js";
import { groupOf, project, write } from "../discovery/plugin-packages.ts";
import { installPlugins } from "./real-plugins.ts";

const test = suite("servers by another name than their address");

/** A project with the AWS package and a plugin of somebody else. */
function openProject(environment: unknown): string {
  const folder = project({
    name: "plugin-acme",
    manifest: {
      "entry-points": { [groupOf.auth]: { acme: "./index.js:create_auth" } },
      "mlflow-auth-plugin": { apiVersion: 1, configSchema: "./schema.json", environment: "./environment.json" },
    },
  });
  const properties = { team: { type: "string", description: "A team." } };
  write(join(folder, "node_modules/plugin-acme"), {
    "schema.json": { type: "object", additionalProperties: false, properties },
    "environment.json": environment as object,
  });
  installPlugins(folder, ["aws"], ["plugin-acme"]);
  return folder;
}

const rules = [
  { server: "https://$1.acme.example.com/$2", variable: "MLFLOW_TRACKING_URI", matches: "acme:(\\w+)/(\\w+)" },
  { option: "team", variables: ["MLFLOW_TRACKING_URI"], as: "text", matches: "acme:.*" },
];

async function loaded(env: Record<string, string>, environment: unknown = rules) {
  const { servers, instances } = await loadConfig({ cwd: openProject(environment), env });
  const found = [servers.map(({ uri }) => uri), instances.map(({ name, options }) => [name, options])];
  return JSON.parse(JSON.stringify(found));
}

async function told(env: Record<string, string>, environment: unknown = rules): Promise<string> {
  try {
    await loaded(env, environment);
  } catch (error) {
    return formatError(error as MlflowAuthError);
  }
  throw new Error("it is valid");
}

test("an ARN of SageMaker switches on the plugin that signs, and says the server and the option", async () => {
  const account = "111122223333";
  const server = `arn:aws:sagemaker:eu-central-1:${account}:mlflow-tracking-server/team`;
  const app = `arn:aws-us-gov:sagemaker:us-gov-west-1:${account}:mlflow-app/app-1`;
  for (const [arn, uri] of [
    [server, "https://eu-central-1.experiments.sagemaker.aws"],
    [app, "https://mlflow.sagemaker.us-gov-west-1.app.aws"],
  ] as const) {
    for (const more of [{}, { MLFLOW_TRACKING_AWS_SIGV4: "true" }]) {
      const got = await loaded({ MLFLOW_TRACKING_URI: arn, ...more });
      assert.equal(got, [[uri], [["sigv4", { arn, tls: {} }]]]);
    }
  }
});

test("an address is taken as it is, and an ARN of something else for no address", async () => {
  const address = "https://a1.execute-api.eu-central-1.amazonaws.com";
  const got = await loaded({ MLFLOW_TRACKING_URI: address, MLFLOW_TRACKING_AWS_SIGV4: "true" });
  assert.equal(got, [[address], [["sigv4", { tls: {} }]]]);
  assert.match(await told({ MLFLOW_TRACKING_URI: "arn:aws:s3:::bucket" }), /^SERVER_URI: MLFLOW_TRACKING_URI: /);
});

test("a plugin of somebody else names its servers by rules of its own, of which the whole text must match", async () => {
  const env = { MLFLOW_AUTH_PLUGINS: "acme" };
  const named = await loaded({ ...env, MLFLOW_TRACKING_URI: "acme:red/blue" });
  assert.equal(named, [["https://red.acme.example.com/blue"], [["acme", { team: "acme:red/blue" }]]]);
  for (const other of ["acme:red/blue/green", "x acme:red/blue"]) {
    assert.match(await told({ ...env, MLFLOW_TRACKING_URI: other }), /^SERVER_URI/);
  }
  const plain = await loaded({ ...env, MLFLOW_TRACKING_URI: "https://mlflow.example.com" });
  assert.equal(plain, [["https://mlflow.example.com"], [["acme", {}]]]);
});

test("a server that a rule makes is judged as every other one", async () => {
  const env = { MLFLOW_AUTH_PLUGINS: "acme", MLFLOW_TRACKING_URI: "acme:red/blue" };
  const [rule, option] = rules;
  assert.match(await told(env, [{ ...rule, server: "http://$1.example.com" }, option]), /^SERVER_CLEARTEXT/);
  assert.match(await told({ ...env, MLFLOW_SECRETS_ALLOWED_HOSTS: "other.example.com" }), /^ENVIRONMENT_INVALID/);
});

test("a rule that is none is PLUGIN_MANIFEST", async () => {
  const env = { MLFLOW_AUTH_PLUGINS: "acme", MLFLOW_TRACKING_URI: "acme:red/blue" };
  const [rule, option] = rules;
  for (const [wrong, said] of [
    [{ ...rule, matches: "(" }, /matches by something else than a regular expression/],
    [[rule, { ...option, matches: "(" }], /matches by something else than a regular expression/],
    [{ ...rule, variables: ["X"] }, /has a rule of another form, number 1/],
    [{ server: "https://x", variable: "X" }, /has a rule of another form, number 1/],
  ] as const) {
    const text = await told(env, [wrong].flat());
    assert.match(text, /^PLUGIN_MANIFEST/);
    assert.match(text, said);
  }
});

test.run();
