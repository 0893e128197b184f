/** G9 of the reliability targets, within a process: whatever happens to a secret, nothing that is logged, thrown or printed holds it. */
import { inspect } from "node:util";
import { serialize } from "node:v8";
import { loadMlflowAuth } from "@mlflow-auth/core";
import {
  createLogger,
  formatError,
  isMlflowAuthError,
  type Logger,
  loadConfig,
  logLevels,
  openAuthorizer,
} from "@mlflow-auth/core/internal";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { brokenFlows, secretFlows } from "./flows.ts";
import { type Scene, startScene } from "./scene.ts";

const test = suite("G9: secrets in the library's logs, errors and objects");

/** Everything by which a thing may come to light. */
function printed(thing: unknown): string {
  const texts = [
    String(thing),
    inspect(thing, { depth: 20, showHidden: true, getters: true }),
    inspect(thing, { depth: 20, showHidden: true, customInspect: false, maxStringLength: null, maxArrayLength: null }),
    attempt(() => JSON.stringify(thing)),
    attempt(() => serialize(thing).toString("latin1")),
  ];
  if (thing instanceof Error) texts.push(String(thing.stack), printed(thing.cause));
  if (isMlflowAuthError(thing)) texts.push(formatError(thing));
  return texts.join("\n");
}

function attempt(print: () => string): string {
  try {
    return print();
  } catch (thrown) {
    // What can't be printed so may be quoted in the reason.
    return inspect(thrown);
  }
}

/** Asks the library for all that it offers. What came of it: results and errors alike. */
async function play({ project, env, uri }: Scene, logger: Logger): Promise<unknown[]> {
  const things: unknown[] = [];
  const keep = async (act: () => unknown) => {
    try {
      things.push(await act());
    } catch (thrown) {
      things.push(thrown);
    }
  };
  const options = { cwd: project.folder, env: { HOME: project.folder, ...env }, logger };
  await keep(async () => {
    const opened = await openAuthorizer(await loadConfig(options), options);
    things.push(opened);
    await keep(() => opened.authorize({ url: `${uri}/api`, method: "GET" }));
    await opened.close();
    return opened;
  });
  await keep(async () => {
    const auth = await loadMlflowAuth(options);
    const path = "/api/2.0/mlflow/experiments/search";
    // The headers themselves are what a caller wants; here it counts what else there is.
    await keep(() => auth.headers(uri).then(() => undefined));
    await keep(() => auth.fetch(`${uri}${path}`, { method: "POST", body: "{}" }));
    await keep(() => auth.fetch(`https://mlflow.test${path}`));
    await keep(() => auth.fetch(`${uri}${path}`, { signal: AbortSignal.abort() }));
    await keep(() => auth.tags());
    await keep(() => auth.authProvider(uri));
    await auth.close();
    return auth;
  });
  return things;
}

/** One logger that writes in both formats. */
function recorder(level: (typeof logLevels)[number]): { logger: Logger; written: string[] } {
  const written: string[] = [];
  const write = (text: string) => void written.push(text);
  const both = ["text", "json"].map((MLFLOW_AUTH_LOG_FORMAT) =>
    createLogger({ level, env: { MLFLOW_AUTH_LOG_FORMAT }, write }),
  );
  const log = (at: "debug" | "info" | "warn" | "error") => (fields: object, message: string) => {
    for (const logger of both) logger[at](fields, message);
  };
  return { written, logger: { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") } };
}

async function hunt(scene: Scene, level: (typeof logLevels)[number]): Promise<string[]> {
  const { logger, written } = recorder(level);
  const things = await play(scene, logger);
  for (const [index, thing] of things.entries()) scene.watch.check(printed(thing), `thing ${index}`);
  scene.watch.check(written.join(""), `the log at ${level}`);
  scene.watch.check(JSON.stringify(process.report.getReport()), "the process report");
  return written;
}

for (const [name, make] of Object.entries({ ...secretFlows, ...brokenFlows })) {
  test(`${name}: no log, error or object reveals it`, async () => {
    const scene = await startScene(make);
    try {
      await hunt(scene, "debug");
    } finally {
      await scene.stop();
    }
  });
}

for (const level of logLevels) {
  test(`at the level ${level}, a secret that is served and one that can't be had leave no trace`, async () => {
    for (const name of ["a token", "a user and a password", "a server that refuses it", "a Vault that is sealed"]) {
      const scene = await startScene(secretFlows[name] as (typeof secretFlows)[string]);
      try {
        const written = await hunt(scene, level);
        if (level === "debug") assert.ok(written.length > 0, "nothing was logged");
        if (level === "silent") assert.equal(written, []);
      } finally {
        await scene.stop();
      }
    }
  });
}

test("the hunt finds what there is to find", async () => {
  const scene = await startScene(secretFlows["a token"] as (typeof secretFlows)[string]);
  try {
    const { project, env, uri, watch } = scene;
    const auth = await loadMlflowAuth({ cwd: project.folder, env });
    const headers = await auth.headers(uri);
    await auth.close();
    assert.throws(() => watch.check(printed(headers), "the headers"), /reveals secret 1 \(raw\)/);
    const token = Buffer.from(env["VAULT_TOKEN"] as string).toString("base64");
    assert.throws(
      () => watch.check(printed(new Error("x", { cause: { token } })), "a cause"),
      /reveals the Vault token/,
    );
  } finally {
    await scene.stop();
  }
});

test.run();
