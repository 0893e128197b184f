/** G15 of the reliability targets, with plugin packages of others in a user's project: from the import to the last `close()`. */
import { inspect } from "node:util";
import {
  isMlflowAuthError,
  type Logger,
  loadConfig,
  type MlflowAuthError,
  openAuthorizer,
} from "@mlflow-auth/core/internal";
import { canary, type FakeClock, fakeClock, revealedBy } from "@mlflow-auth/core/testing";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { run } from "../../cli/test/command.ts";
import { project, write } from "../../core/test/discovery/plugin-packages.ts";

const test = suite("G15: plugins of others that misbehave");
const server = "https://mlflow.test";
const other = "https://other.test";

/** A plugin as it should be. `closed` on globalThis tells that it was closed. */
const sound = `
export const create_auth = () => ({
  getAuth: () => ({ headers: { Authorization: "Bearer good" } }),
  invalidate() {},
  close() { (globalThis.closed ??= []).push("good"); },
});
`;

/** A project with the plugins \`bad\`, of the given source, and \`good\`; each serves a server of its own. */
function site(source: string, timeout = "300ms"): string {
  const folder = project(
    { name: "p-bad", auth: "bad", module: source },
    { name: "p-good", auth: "good", module: sound },
  );
  const file = `
version: 1
servers:
  - { uri: ${server}, auth: bad }
  - { uri: ${other}, auth: good }
plugins:
  bad: { timeout: ${timeout} }
  good: {}
`;
  write(folder, { "mlflow-auth.yaml": file });
  return folder;
}

function recorder(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const log = (fields: object, message: string) => void lines.push(`${message} ${inspect(fields)}`);
  return { lines, logger: { debug: log, info: log, warn: log, error: log } };
}

function open(source: string, clock?: FakeClock) {
  const { logger, lines } = recorder();
  const env = {};
  const opened = loadConfig({ cwd: site(source), env }).then((config) =>
    openAuthorizer(config, { env, logger, clock }),
  );
  return { lines, opened };
}

async function failure(attempt: Promise<unknown>): Promise<MlflowAuthError> {
  const thrown = await attempt.then(
    () => assert.unreachable("it passed"),
    (reason: unknown) => reason,
  );
  assert.ok(isMlflowAuthError(thrown), inspect(thrown));
  return thrown;
}

const secret = canary();
const broken: Record<string, [code: string, source: string]> = {
  "throws while it is imported": ["PLUGIN_LOAD", `throw new Error("${secret}");`],
  "throws a text while it is imported": ["PLUGIN_LOAD", `throw "${secret}";`],
  "is no JavaScript": ["PLUGIN_LOAD", `export const create_auth = "${secret}`],
  "exports a text in place of its factory": ["PLUGIN_LOAD", `export const create_auth = "${secret}";`],
  "has a factory that throws": [
    "PLUGIN_LOAD",
    `export const create_auth = () => { throw new TypeError("${secret}"); };`,
  ],
  "has a factory that rejects with a text": [
    "PLUGIN_LOAD",
    `export const create_auth = async () => { throw "${secret}"; };`,
  ],
  "has a factory that throws null": ["PLUGIN_LOAD", `export const create_auth = () => { throw null; };`],
  "has a factory that makes nothing": ["PLUGIN_LOAD", `export const create_auth = () => null;`],
  "makes a text": ["PLUGIN_LOAD", `export const create_auth = () => "${secret}";`],
  "makes a provider whose methods can't be read": [
    "PLUGIN_LOAD",
    `export const create_auth = () => ({ get getAuth() { throw new Error("${secret}"); }, invalidate() {} });`,
  ],
  "makes a provider that can't be told of a rejection": [
    "PLUGIN_LOAD",
    `export const create_auth = () => ({ getAuth: () => ({ headers: { A: "${secret}" } }) });`,
  ],
  "has a factory that explains by an error of ours what is wrong": [
    "SECRET_SOURCE",
    `export const create_auth = (_, context) => { throw context.error("SECRET_SOURCE", "no such file"); };`,
  ],
  "has a factory that never ends": ["PLUGIN_TIMEOUT", `export const create_auth = () => new Promise(() => {});`],
  "never ends its import": ["PLUGIN_TIMEOUT", `await new Promise(() => {}); export const create_auth = null;`],
};

for (const [what, [code, source]] of Object.entries(broken)) {
  test(`one that ${what} is ${code}, and what was opened is closed`, async () => {
    const clock = fakeClock();
    const { opened, lines } = open(source, clock);
    opened.catch(() => undefined);
    if (code === "PLUGIN_TIMEOUT") {
      while (clock.pending === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      // Its own time-out is for requests: loading modules may take longer.
      await clock.advance(300);
      assert.is(clock.pending, 1);
      await clock.advance(15_000);
    }
    const error = await failure(opened);
    assert.is(error.code, code, error.message);
    assert.match(`${error.plugin} ${error.message}`, /\bbad\b/);
    if (what.startsWith("exports")) assert.match(error.message, /has no function `create_auth`/);
    assert.is(revealedBy(inspect([error, lines], { depth: 20, showHidden: true }), secret), undefined);
    assert.is(clock.pending, 0);
  });
}

test("a provider that is made after its time-out is closed when it comes", async () => {
  const globals = globalThis as { finish?: () => void; closed?: string[] };
  globals.closed = [];
  const late = `
    export const create_auth = () => new Promise((resolve) => {
      globalThis.finish = () => resolve({ getAuth() {}, invalidate() {}, close() { globalThis.closed.push("late"); } });
    });
  `;
  const clock = fakeClock();
  const { opened } = open(late, clock);
  opened.catch(() => undefined);
  while (globals.finish === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
  await clock.advance(15_000);
  assert.is((await failure(opened)).code, "PLUGIN_TIMEOUT");
  assert.equal(globals.closed, []);
  globals.finish();
  await new Promise(setImmediate);
  assert.equal(globals.closed, ["late"]);
});

test("whoever closes a second time waits for the first", async () => {
  const globals = globalThis as { release?: () => void; closed?: string[] };
  globals.closed = [];
  const slow = "close: () => new Promise((resolve) => { globalThis.release = resolve; })";
  const { opened } = open(provider(slow), fakeClock());
  const authorizer = await opened;
  const first = authorizer.close();
  const second = authorizer.close();
  const earlier = await Promise.race([second.then(() => "closed"), new Promise((resolve) => setTimeout(resolve, 20))]);
  assert.is(earlier, undefined);
  globals.release?.();
  await Promise.all([first, second]);
  assert.equal(globals.closed, ["good"]);
});

const provider = (methods: string) => `
export const create_auth = () => ({ getAuth: () => ({ headers: { A: "1" } }), invalidate() {}, ${methods} });
`;

for (const [what, method] of Object.entries({
  throws: `close() { throw new Error("${secret}"); }`,
  "rejects with a text": `async close() { throw "${secret}"; }`,
  "is no function": `close: "${secret}"`,
  "can't be read": `get close() { throw new Error("${secret}"); }`,
  "never ends": "close: () => new Promise(() => {})",
})) {
  test(`a close() that ${what} is a warning, and its neighbours are closed all the same`, async () => {
    const clock = fakeClock();
    const { opened, lines } = open(provider(method), clock);
    const authorizer = await opened;
    assert.ok(await authorizer.authorize({ url: other, method: "GET" }));
    const globals = globalThis as { closed?: string[] };
    globals.closed = [];
    const closed = authorizer.close();
    await clock.advance(300);
    await closed;
    assert.equal(globals.closed, ["good"]);
    const warnings = lines.filter((line) => line.includes("as it was closed"));
    assert.is(warnings.length, 1, lines.join("\n"));
    assert.is(revealedBy(lines.join("\n"), secret), undefined);
  });
}

test("the command tells of a plugin that hangs, although nothing else keeps it alive", async () => {
  const cwd = site(provider("getAuth: () => new Promise(() => {})"));
  const { code, stdout, stderr } = await run(["headers", server], { cwd });
  assert.equal([code, stdout], [4, ""], stderr);
  assert.match(stderr, "PLUGIN_TIMEOUT: plugin bad did not answer within 300 ms");
  assert.is((await run(["headers", other], { cwd })).code, 0);
});

for (const [what, source] of Object.entries({
  "throws in a timer": `setInterval(() => { throw new TypeError("${secret}"); }, 20);`,
  "leaves a rejection to nobody": `setInterval(() => Promise.reject(new TypeError("${secret}")), 20);`,
})) {
  test(`a program under exec keeps its proxy although a plugin ${what}, which is one warning`, async () => {
    const silent = `export const create_auth = () => ({ getAuth() { throw new Error("none"); }, invalidate() {} });`;
    const cwd = site(`${source}${silent}`);
    const asks = `
      import { setTimeout as sleep } from "node:timers/promises";
      await sleep(300);
      console.log((await fetch(process.env.MLFLOW_TRACKING_URI + "/x")).status);
    `;
    const child = [process.execPath, "--input-type=module", "-e", asks];
    const { code, stdout, stderr } = await run(["exec", "--server", server, "--", ...child], { cwd });
    assert.is(code, 0, stderr);
    // There is no credential, so it is the proxy that answers.
    assert.match(stdout, /^424\n$/);
    assert.is(stderr.split("something failed with TypeError").length, 2, stderr);
    assert.is(revealedBy(stderr, secret), undefined);
  });
}

test("a program under exec ends although a plugin's close() does not", async () => {
  const cwd = site(provider("close: () => new Promise(() => {})"));
  const { code, stderr } = await run(["exec", "--server", server, "--", "sh", "-c", "exit 7"], { cwd });
  assert.is(code, 7, stderr);
  assert.match(stderr, "plugin bad did not answer within 300 ms as it was closed");
});

test.run();
