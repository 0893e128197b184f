import { spawn } from "node:child_process";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type EchoServer, echoServer } from "../connection/echo-server.js";
import { type Project, project } from "./project.js";

const test = suite("register");
let server: EchoServer;
let home: Project;

test.before(async () => {
  server = await echoServer();
  const file = `version: 1\ntrackingUri: ${server.origin}/base\nplugins:\n  fixed: { token: "\${TOKEN}" }\n`;
  home = project({ "mlflow-auth.yaml": file });
});
test.after(async () => {
  await server.close();
  home.remove();
});

interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

async function run(
  program: string,
  env: Record<string, string> = { TOKEN: "abc" },
  before: string[] = [],
): Promise<Outcome> {
  const file = home.write("app.mjs", program);
  const args = [...before, "--import", "@mlflow-auth/core/register", file];
  const child = spawn(process.execPath, args, {
    cwd: home.folder,
    env: { PATH: process.env["PATH"], BASE: server.origin, ...env },
  });
  const outcome: Outcome = { code: null, stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (outcome.stdout += chunk));
  child.stderr.on("data", (chunk) => (outcome.stderr += chunk));
  outcome.code = await new Promise((resolve) => child.on("close", resolve));
  return outcome;
}

test("an unchanged program's fetch carries the credential, and its other traffic does not", async () => {
  server.received.length = 0;
  const { code, stderr } = await run(`
    const { BASE } = process.env;
    const answer = await fetch(BASE + "/base/x", { method: "POST", body: "hello", headers: { Authorization: "ambient" } });
    if (await answer.text() !== "hello") throw new Error("changed on the way");
    await (await fetch(BASE + "/elsewhere", { headers: { Authorization: "mine" } })).text();
  `);
  assert.is(code, 0, stderr);
  assert.equal(
    server.received.map(({ headers }) => headers.authorization),
    ["Bearer abc", "mine"],
  );
});

test("a captured fetch and a later setGlobalDispatcher do not get around it", async () => {
  server.received.length = 0;
  const { code, stderr } = await run(`
    for (const version of ["1", "2"]) {
      const symbol = Symbol.for("undici.globalDispatcher." + version);
      const before = globalThis[symbol];
      try { globalThis[symbol] = { dispatch() { throw new Error("taken over"); } }; } catch {}
      try { Object.defineProperty(globalThis, symbol, { value: {} }); } catch {}
      if (globalThis[symbol] !== before) throw new Error("replaced");
    }
    const captured = globalThis.fetch;
    await (await captured(process.env.BASE + "/base/y")).text();
  `);
  assert.is(code, 0, stderr);
  assert.equal(
    server.received.map(({ headers }) => headers.authorization),
    ["Bearer abc"],
  );
});

test("a dispatcher that was there before still carries the program's other traffic", async () => {
  server.received.length = 0;
  const preload = home.write(
    "preload.mjs",
    `
    void Headers; // loads Node's own undici
    for (const version of ["1", "2"]) {
      const symbol = Symbol.for("undici.globalDispatcher." + version);
      const inner = globalThis[symbol];
      if (inner === undefined) continue;
      const dispatch = inner.dispatch.bind(inner);
      inner.dispatch = (options, handler) => dispatch({ ...options, headers: { ...options.headers, "x-before": "1" } }, handler);
    }
  `,
  );
  const program = `await (await fetch(process.env.BASE + "/elsewhere")).text();`;
  const { code, stderr } = await run(program, { TOKEN: "abc" }, ["--import", preload]);
  assert.is(code, 0, stderr);
  assert.is(server.received[0]?.headers["x-before"], "1");
});

test("an invalid file stops the process before the program starts, with exit code 3 and every problem", async () => {
  const { code, stdout, stderr } = await run(`console.log("started")`, {});
  assert.is(code, 3);
  assert.is(stdout, "");
  assert.match(stderr, /mlflow-auth\.yaml:4:\d+ {2}VARIABLE_MISSING {2}.*TOKEN/);
});

test("no credential: the program's request fails with the reason as its cause, and nothing is sent", async () => {
  server.received.length = 0;
  const file = `version: 1\ntrackingUri: ${server.origin}/base\nplugins:\n  fixed: { token: { file: gone } }\n`;
  const config = home.write("gone.yaml", file);
  const { stdout, stderr } = await run(
    `await fetch(process.env.BASE + "/base/x").catch((error) => console.log(error.name, error.cause.code, error.cause.remedy !== undefined));`,
    { MLFLOW_AUTH_CONFIG: config },
  );
  assert.is(stdout.trim(), "TypeError SECRET_SOURCE true", stderr);
  assert.is(server.received.length, 0);
});

test("it does not keep a program alive that has nothing left to do", async () => {
  const { code } = await run(`await (await fetch(process.env.BASE + "/base/z")).text();`);
  assert.is(code, 0);
});

test.run();
