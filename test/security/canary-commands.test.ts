/**
 * G9 of the reliability targets, on the command line: whatever happens to a secret, no command and no program under `exec` or
 * `register` prints it, with every debug switch on. That the output holds none is checked by `project.run` itself.
 */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { startSidecar } from "../e2e/fixture/sidecar.ts";
import { brokenFlows, type Flow, secretFlows } from "./flows.ts";
import { type Scene, startScene } from "./scene.ts";

const test = suite("G9: secrets in the output of commands");

/** What Node prints of itself, but for its loader, its streams (megabytes) and its child processes (see below). */
const QUIETER = "http,https,http2,net,tls,fetch,undici,websocket,timer,worker,cluster,repl";

const switches = (format: string, nodeDebug = QUIETER) => ({
  MLFLOW_AUTH_LOG: "debug",
  MLFLOW_AUTH_LOG_FORMAT: format,
  DEBUG: "*",
  NODE_DEBUG: nodeDebug,
});

/** Prints everything about an answer or an error but the body, which is the server's. */
const program = `
import { inspect } from "node:util";
const show = (thing) => console.log(inspect(thing, { depth: 20, showHidden: true, getters: true }));
try {
  show(await fetch(process.env.MLFLOW_TRACKING_URI + "/api/2.0/mlflow/runs/create", { method: "POST", body: "{}" }));
} catch (error) {
  show(error);
  console.log(JSON.stringify(error), String(error.cause?.stack), error.cause?.remedy);
}
process.exit(0);
`;
const register = ["node", "--import", "@mlflow-auth/core/register", "program.mjs"];
const exec = ["mlflow-auth", "exec", "--", "node", "program.mjs"];

async function inScene(make: (secret: string) => Flow, act: (scene: Scene) => Promise<unknown>): Promise<void> {
  const scene = await startScene(make);
  scene.project.write("program.mjs", program);
  try {
    await act(scene);
  } finally {
    await scene.stop();
  }
}

for (const [name, make] of Object.entries(secretFlows)) {
  test(`${name}: headers, exec and register print nothing of it`, () =>
    inScene(make, async ({ project, uri }) => {
      await Promise.all([
        project.run(["mlflow-auth", "headers", uri, "--json"], { env: switches("json") }),
        project.run(exec, { env: switches("text") }),
        project.run(register, { env: switches("json") }),
      ]);
    }));
}

for (const [name, make] of Object.entries(brokenFlows)) {
  test(`${name}: validate, headers and register print nothing of it`, () =>
    inScene(make, async ({ project }) => {
      await Promise.all([
        project.run(["mlflow-auth", "validate", "--json"], { env: switches("json") }),
        project.run(["mlflow-auth", "headers", "https://mlflow.test/api"], { env: switches("text") }),
        project.run(register, { env: switches("text") }),
      ]);
    }));
}

for (const name of ["a token", "a server that refuses it", "a Vault that is sealed", "a token with a line break"]) {
  test(`${name}: a proxy prints nothing of it, nor of its own token`, () =>
    inScene(secretFlows[name] as (typeof secretFlows)[string], async ({ project, watch }) => {
      const { url, stop, stderr } = await startSidecar(project, [], { env: switches("text") });
      const path = "/api/2.0/mlflow/runs/create";
      for (const method of ["GET", "POST"]) await (await fetch(url + path, { method })).arrayBuffer();
      await (await fetch(new URL("/wrong-token/api", url))).arrayBuffer();
      await stop();
      // Its address stands on stdout, for that is what it is started for.
      watch.add("the proxy's token", new URL(url).pathname.slice(1));
      watch.check(stderr(), "stderr of the proxy");
    }));
}

test("an address that is given with a password or a query is not repeated", () =>
  inScene(secretFlows["a token"] as (typeof secretFlows)[string], async ({ project, uri, watch }) => {
    const secret = watch.secret();
    const { host } = new URL(uri);
    const unlisted = `https://trainer:${secret}@mlflow.test/?api_key=${secret}`;
    const listed = `http://trainer:${secret}@${host}/`;
    for (const address of [unlisted, listed]) {
      await project.run(["mlflow-auth", "headers", address], { env: switches("text") });
      await project.run(["mlflow-auth", "tags", address], { env: switches("text") });
      await project.run(["mlflow-auth", "exec", "--server", address, "--", "true"], { env: switches("text") });
      const ambient = { ...switches("text"), MLFLOW_TRACKING_URI: address, MLFLOW_REGISTRY_URI: address };
      await project.run(["mlflow-auth", "exec", "--", "true"], { env: ambient });
    }
  }));

for (const name of ["a user and a password", "a Vault that fails once", "a server that refuses it"]) {
  test(`${name}: not with NODE_DEBUG=* either`, () =>
    inScene(secretFlows[name] as (typeof secretFlows)[string], async ({ project, uri }) => {
      await project.run(["mlflow-auth", "headers", uri], { env: switches("text", "*") });
      await project.run(register, { env: switches("text", "*") });
    }));
}

test("as the document says, NODE_DEBUG=child_process prints the environment of the program that exec starts", () =>
  inScene(secretFlows["a token"] as (typeof secretFlows)[string], async ({ project }) => {
    const revealed = await project.run(exec, { env: switches("text", "child_process") }).catch((error: Error) => error);
    assert.match(String(revealed), /reveals the Vault token/);
  }));

test.run();
