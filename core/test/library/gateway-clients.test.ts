import { spawn } from "node:child_process";
import { symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type EchoServer, echoServer, type Received } from "../connection/echo-server.js";
import { type Project, project } from "./project.js";

const test = suite("clients of the AI gateway, in every form in which they give their headers", { timeout: 60_000 });

/** Sends each request of WHAT once in each form, and prints how each came out. */
const program = `
import * as undici from "undici";
const { WAY, WHAT, BASE } = process.env;
let send = fetch;
let dispatcher = undefined;
if (WAY === "library") {
  const { loadMlflowAuth } = await import("@mlflow-auth/core");
  const auth = await loadMlflowAuth();
  send = auth.fetch;
  dispatcher = new undici.Agent({ allowH2: false }).compose(auth.interceptor);
}
const over = dispatcher === undefined ? {} : { dispatcher };
async function each({ path, headers, body, stream }) {
const url = BASE + path;
const pairs = Object.entries(headers);
const flat = pairs.flat();
const method = body === undefined ? "GET" : "POST";
const given = () => body === undefined ? {} : stream ? { body: new Blob([body]).stream(), duplex: "half" } : { body };
const read = async (answer) => [answer.status, await answer.text()];
const readUndici = async ({ statusCode, body }) => [statusCode, await body.text()];
const once = function* () { yield* pairs; };
const forms = {
  "fetch, an object": async () => read(await send(url, { method, headers, ...given() })),
  "fetch, pairs": async () => read(await send(url, { method, headers: pairs, ...given() })),
  "fetch, Headers": async () => read(await send(new URL(url), { method, headers: new Headers(headers), ...given() })),
  "fetch, a Request": async () => read(await send(new Request(url, { method, headers, ...given() }))),
  "fetch, a clone": async () => read(await send(new Request(url, { method, headers, ...given() }).clone())),
  "fetch, a Request and init": async () => read(await send(new Request(url, { headers: { "X-Other": "1" } }), { method, headers, ...given() })),
  "undici.fetch, a Request of its own": async () => read(await undici.fetch(new undici.Request(url, { method, headers, ...given() }), over)),
  "undici.request, an object": async () => readUndici(await undici.request(url, { method, headers, ...over, body })),
  "undici.request, a flat array": async () => readUndici(await undici.request(url, { method, headers: flat, ...over, body })),
  "undici.request, arrays of values": async () =>
    readUndici(await undici.request(url, { method, headers: Object.fromEntries(pairs.map(([name, value]) => [name, [value]])), ...over, body })),
  "undici.request, a Map": async () => readUndici(await undici.request(url, { method, headers: new Map(pairs), ...over, body })),
  "undici.request, a generator": async () => readUndici(await undici.request(url, { method, headers: once(), ...over, body })),
};
const outcomes = {};
for (const [form, run] of Object.entries(forms)) {
  try {
    outcomes[form] = (await run()).join(" ");
  } catch (thrown) {
    outcomes[form] = thrown.code ?? thrown.cause?.code ?? String(thrown.cause ?? thrown);
  }
}
return outcomes;
}
const all = [];
for (const what of JSON.parse(WHAT)) all.push(await each(what));
console.log(JSON.stringify(all));
process.exit();
`;

let server: EchoServer;
let home: Project;

/** The number of the token that MLflow's login takes. */
let accepted = 1;
test.before(async () => {
  server = await echoServer(({ url, headers }, response) => {
    if (url.endsWith("/version")) return void response.end(url.startsWith("/old") ? "3.14.0" : "3.17.2");
    if (headers["x-to"] !== undefined && !url.includes("ateway")) {
      return void response.writeHead(307, { Location: String(headers["x-to"]) }).end();
    }
    if (headers["x-answer"] === "provider") return void response.writeHead(401).end("the provider's");
    if (headers["x-answer"] !== "rotate") return void response.end("fine");
    const ours = headers["x-mlflow-authorization"] ?? headers.authorization;
    if (ours === `Bearer ${accepted}`) {
      accepted++;
      return void response.end("fine");
    }
    home.write("token", String(accepted));
    response.writeHead(401, { "WWW-Authenticate": "Bearer" }).end("MLflow's");
  });
  // Two MLflows, and an address in the gateway of a third.
  const servers = ["/new", "/old", "/inside/gateway/x"].map((base) => ({ uri: server.origin + base }));
  home = project({
    "mlflow-auth.yaml": JSON.stringify({ version: 1, servers, plugins: { fixed: { token: { file: "token" } } } }),
    "program.mjs": program,
  });
  const undici = dirname(createRequire(import.meta.url).resolve("undici/package.json"));
  symlinkSync(undici, join(home.folder, "node_modules/undici"), "dir");
});
test.after(async () => {
  await server.close();
  home.remove();
});
test.beforeEach(() => {
  accepted = 2;
  home.write("token", "1");
  server.received.length = 0;
});

interface What {
  path: string;
  headers: Record<string, string>;
  body?: string;
  stream?: boolean;
}

/** How each came out, by its form. */
async function run(way: string, what: readonly What[]): Promise<(readonly [form: string, ended: string])[][]> {
  const before = way === "register" ? ["--import", "@mlflow-auth/core/register"] : [];
  const child = spawn(process.execPath, [...before, "program.mjs"], {
    cwd: home.folder,
    env: { PATH: process.env["PATH"], BASE: server.origin, WAY: way, WHAT: JSON.stringify(what) },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => (stderr += chunk));
  await new Promise((resolve) => child.on("close", resolve));
  try {
    return (JSON.parse(stdout) as object[]).map((one) => Object.entries(one));
  } catch {
    throw new Error(stderr);
  }
}

const sent = () => server.received.filter(({ url }) => !url.endsWith("/version"));
const keysOf = ({ headers }: Received) =>
  ["authorization", "x-api-key", "x-goog-api-key", "x-mlflow-authorization"].flatMap((name) =>
    headers[name] === undefined ? [] : [`${name}: ${headers[name]}`],
  );

const CLAUDE = "claude-cli/2.1.0 (external, cli)";
const beside = "x-mlflow-authorization: Bearer 1";

/** What goes out for each request, and how it ends. */
const cases: (What & { sent: string[]; outcome: string })[] = [
  { path: "/new/gateway/x", headers: {}, sent: ["authorization: Bearer 1"], outcome: "200 fine" },
  { path: "/new/gateway/x", headers: { "User-Agent": CLAUDE }, sent: [beside], outcome: "200 fine" },
  {
    path: "/new/gateway/x",
    headers: { "user-agent": "codex_cli_rs/1", AUTHORIZATION: "Bearer theirs" },
    sent: ["authorization: Bearer theirs", beside],
    outcome: "200 fine",
  },
  {
    path: "/new/gateway/x",
    headers: { "X-Goog-Api-Key": "theirs" },
    sent: ["x-goog-api-key: theirs", beside],
    outcome: "200 fine",
  },
  { path: "/old/gateway/x", headers: { "User-Agent": CLAUDE }, sent: [], outcome: "GATEWAY_CREDENTIAL" },
  { path: "/old/gateway/x", headers: { "X-API-Key": "theirs" }, sent: [], outcome: "GATEWAY_CREDENTIAL" },
  { path: "/inside/gateway/x/v1/messages", headers: {}, sent: [], outcome: "GATEWAY_CREDENTIAL" },
  { path: "/inside/gateway/x/v1/messages", headers: { "X-API-Key": "k" }, sent: [], outcome: "GATEWAY_CREDENTIAL" },
];

for (const way of ["register", "library"]) {
  test(`${way}: each form of a request gets the same, and clients keep their keys`, async () => {
    const all = await run(way, cases);
    let before = 0;
    for (const [index, { path, headers, sent: expected, outcome }] of cases.entries()) {
      const outcomes = all[index] ?? [];
      const what = `${path} ${JSON.stringify(headers)}`;
      for (const [form, ended] of outcomes) assert.is(ended, outcome, `${form}: ${what}`);
      const taken = sent().slice(before, expected.length === 0 ? before : before + outcomes.length);
      before += taken.length;
      assert.ok(outcomes.length > 10);
      for (const one of taken) assert.equal([one.url, keysOf(one)], [path, expected], what);
    }
    assert.is(sent().length, before);
  });

  test(`${way}: a 401 is the provider's without WWW-Authenticate, and else MLflow's: a rotated secret heals it`, async () => {
    for (const [answer, outcome] of [
      ["provider", "401 the provider's"],
      ["rotate", "200 fine"],
    ] as const) {
      server.received.length = 0;
      const what = { path: "/new/gateway/x", headers: { "X-API-Key": "theirs", "X-Answer": answer }, body: "hello" };
      const outcomes = (await run(way, [what, { ...what, stream: true }])).flat();
      for (const [form, ended] of outcomes) assert.is(ended, outcome, form);
      assert.is(sent().length, outcomes.length * (answer === "rotate" ? 2 : 1));
      for (const { headers, body } of sent()) {
        assert.equal([headers["x-api-key"], body, headers.authorization], ["theirs", "hello", undefined]);
      }
    }
  });

  test(`${way}: of a redirect each hop is judged by itself`, async () => {
    const hops = [
      ["/new/gateway/x", "200 fine"],
      ["/old/gateway/x", "GATEWAY_CREDENTIAL"],
      ["/new/api/../%67ateway/x", "200 fine"],
    ] as const;
    for (const [path, first] of [
      ["/elsewhere", ["x-api-key: theirs"]],
      ["/new/api/x", ["authorization: Bearer 1"]],
    ] as const) {
      server.received.length = 0;
      const what = hops.map(([to]) => ({ path, headers: { "X-API-Key": "theirs", "X-To": to } }));
      const all = await run(way, what);
      for (const [index, [to, outcome]] of hops.entries()) {
        for (const [form, ended] of all[index] ?? []) {
          // undici.request leaves it to its caller to follow.
          assert.is(ended.trim(), form.includes("fetch") ? outcome : "307", `${form}: ${path} to ${to}`);
        }
      }
      assert.ok(sent().length > 3 * 10);
      for (const one of sent()) {
        assert.equal(keysOf(one), one.url === path ? first : ["x-api-key: theirs", beside], one.url);
      }
    }
  });
}

test.run();
