/**
 * Answers by the letter of no standard, from a server that plays them byte for byte. What MLflow's client takes passes the proxy as
 * without it; all else comes as a status that no client repeats, for the server has carried the request out.
 */
import { execFile } from "node:child_process";
import { type IncomingMessage, request } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Rig, startRig } from "../../proxy/test/rig.ts";
import { missing, mlflowPython, systemBinary } from "../servers/tools.ts";

const test = suite("odd answers", { missing: await missing("mlflow", "curl") });
const run = promisify(execFile);
const program = fileURLToPath(new URL("./programs/odd-answers.py", import.meta.url));

/** Statuses that MLflow's Python client repeats by itself (its utils/request_utils.py). */
const REPEATED = [408, 429, 500, 502, 503, 504];

const ok = "HTTP/1.1 200 OK\r\n";
const json = "content-type: application/json\r\ncontent-length: 4\r\n\r\nfine";
const long = (bytes: number) => `x-long: ${"x".repeat(bytes)}\r\n`;
const utf8 = Buffer.from("/é/ü à").toString("latin1");

/** Taken by requests without us. */
const taken: Readonly<Record<string, readonly string[]>> = {
  "an ordinary answer": [ok + json],
  "a head of 30 KiB": [ok + long(30 * 1024) + json],
  "a head of nearly 64 KiB": [ok + long(63 * 1024) + json],
  "a head of nearly 64 KiB in two lines, in pieces": [ok + long(32_000), long(32_000), json],
  "an interim 100": [`HTTP/1.1 100 Continue\r\n\r\n${ok}${json}`],
  "an interim 100 with a header, before the answer by itself": ["HTTP/1.1 100 Continue\r\nx-a: b\r\n\r\n", ok + json],
  "three interim 100s": [`${"HTTP/1.1 100 Continue\r\n\r\n".repeat(3)}${ok}${json}`],
  "an interim 100 of HTTP/1.0": [`HTTP/1.0 100 Continue\r\n\r\n${ok}${json}`],
  "an interim 100, byte by byte": [..."HTTP/1.1 100 Continue\r\n\r\n", ..."HTTP/1.1 200 OK\r\n", json],
  "an equal Content-Length twice": [`${ok}content-length: 4\r\n${json}`],
  "an equal Content-Length three times, in three spellings": [`${ok}Content-Length:4\r\nCONTENT-LENGTH: 4 \r\n${json}`],
  "an equal Content-Length twice behind an interim 100": [`HTTP/1.1 100 Go\r\n\r\n${ok}content-length: 4\r\n${json}`],
  "an equal Content-Length twice, once with a nought in front": [`${ok}content-length: 04\r\n${json}`],
  "noughts twice as the length of nothing": ["HTTP/1.1 200 OK\r\ncontent-length: 00\r\ncontent-length: 0\r\n\r\n"],
  "a Content-Length between tabs": [`${ok}content-length:\t4\t\r\n\r\nfine`],
  "a Transfer-Encoding between tabs": [`${ok}transfer-encoding:\tchunked\t\r\n\r\n4\r\nfine\r\n0\r\n\r\n`],
  "a folded Content-Length": [`${ok}content-length:\r\n 4\r\n\r\nfine`],
  "a folded header": [`${ok}x-folded: b\r\n\tc\r\n${json}`],
  "UTF-8 in a header": [`${ok}x-name: ${utf8}\r\n${json}`],
  "UTF-8 in a cookie": [`${ok}set-cookie: a=${utf8}; Path=/\r\n${json}`],
  "no phrase": [`HTTP/1.1 200\r\n${json}`],
  "HTTP/1.0, and the end of the connection as the end": ["HTTP/1.0 200 OK\r\n\r\nfine", "close"],
};

/** Refused: with the rule that the client is told. */
const refused: Readonly<Record<string, readonly [bytes: readonly string[], rule: RegExp]>> = {
  "two different Content-Lengths": [[`${ok}content-length: 9\r\n${json}`], /declares the length in several ways/],
  "Content-Length beside Transfer-Encoding": [
    [`${ok}transfer-encoding: chunked\r\n${json}`],
    /Content-Length|Transfer-Encoding/,
  ],
  "a Content-Length, and the same with another letter": [
    [`${ok}content-length: 4x\r\n${json}`],
    /rule of HTTP|several ways/,
  ],
  "a Content-Length with a sign": [[`${ok}content-length:\t+4\t\r\n\r\nfine`], /rule of HTTP|several ways/],
  "a line that goes on with the status": [[`${ok} x: y\r\n${json}`], /rule of HTTP/],
  "a head of 70 KiB": [[ok + long(70 * 1024) + json], /longer than 64 KiB/],
  "a header with a NUL": [[`${ok}x-a: b\0c\r\n${json}`], /rule of HTTP\/1\.1/],
  "a blank before the colon": [[`${ok}x-a : b\r\n${json}`], /rule of HTTP\/1\.1/],
  "another protocol": [["SSH-2.0-OpenSSH_9.2\r\n"], /rule of HTTP\/1\.1/],
  "line feeds alone": [["HTTP/1.1 200 OK\ncontent-length: 4\n\nfine"], /rule of HTTP\/1\.1/],
  "a switch of protocols": [
    ["HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"],
    /switches protocols/,
  ],
  "a head that breaks off": [[`${ok}x-a: b`, "close"], /breaks off/],
  "a head that is reset": [[`${ok}x-a: b`, "reset"], /breaks off/],
  "an interim 100, then a head that breaks off": [[`HTTP/1.1 100 Continue\r\n\r\n${ok}`, "close"], /breaks off/],
};

/** Nothing came: the client may send it again. */
const nothing: Readonly<Record<string, readonly string[]>> = {
  "the connection is closed": ["close"],
  "the connection is reset": ["reset"],
  "an interim 100, and the connection is closed": ["HTTP/1.1 100 Continue\r\n\r\n", "close"],
};

const scripts: Readonly<Record<string, readonly string[]>> = {
  ...taken,
  ...Object.fromEntries(Object.entries(refused).map(([name, [bytes]]) => [name, bytes])),
  ...nothing,
};
const names = Object.keys(scripts);

let server: Server;
let origin: string;
let rig: Rig;
/** Requests by the name of what they were answered with. */
const seen: string[] = [];

async function play(socket: Socket, name: string): Promise<void> {
  for (const piece of scripts[name] as readonly string[]) {
    if (piece === "close") socket.end();
    else if (piece === "reset") socket.resetAndDestroy();
    else socket.write(piece, "latin1");
    await new Promise((resolve) => setTimeout(resolve, piece.length === 1 ? 1 : 5));
  }
}

test.before(async () => {
  server = createServer((socket) => {
    let head = "";
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      head += chunk.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      const name = names[Number(/\/odd-(\d+)/.exec(head)?.[1])] as string;
      head = "";
      seen.push(name);
      void play(socket, name);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  rig = await startRig({ servers: [{ uri: origin, auth: [] }] });
});
test.after(async () => {
  await rig.stop();
  server.close();
});

interface Outcome {
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly error?: string;
}

const pathOf = (name: string) => `/odd-${names.indexOf(name)}`;

/** What requests makes of all of them at once, for Python takes long to start. */
async function byRequests(base: string, wanted: readonly string[]): Promise<Map<string, Outcome>> {
  const { stdout } = await run(await mlflowPython(), [program, ...wanted.map((name) => base + pathOf(name))]);
  const lines = stdout.trim().split("\n");
  return new Map(wanted.map((name, index) => [name, JSON.parse(lines[index] as string) as Outcome]));
}

function byNode(url: string, method = "GET"): Promise<Outcome> {
  return new Promise((resolve) => {
    const req = request(url, { method, agent: false }, async (res: IncomingMessage) => {
      const body = Buffer.concat(await res.toArray().catch(() => [])).toString();
      resolve({ status: res.statusCode as number, body });
    });
    req.on("error", (error: NodeJS.ErrnoException) => resolve({ error: error.code ?? error.name }));
    req.setTimeout(5_000, () => req.destroy());
    req.end();
  });
}

async function byCurl(url: string): Promise<Outcome> {
  const { stdout } = await run(systemBinary("curl"), [
    "-s",
    "-m",
    "5",
    "-o",
    "/dev/null",
    "-w",
    "%{http_code}",
    url,
  ]).catch(({ stdout, code }) => ({ stdout: `${stdout} (${code})` }));
  return { status: Number(stdout.slice(0, 3)), ...(stdout.length > 3 ? { error: stdout.slice(4) } : {}) };
}

const proxied = () => rig.proxy.urlFor(origin) as string;
const brief = ({ status, error }: Outcome = {}) => [status, error].filter(Boolean).join(" ").padEnd(22);

test("what MLflow's client takes without us, it gets through the proxy: status, headers and body", async () => {
  const without = await byRequests(origin, Object.keys(taken));
  const through = await byRequests(proxied(), Object.keys(taken));
  const differing: string[] = [];
  for (const name of Object.keys(taken)) {
    const [direct, ours] = [without.get(name), through.get(name)] as [Outcome, Outcome];
    const same =
      direct.status === 200 &&
      ours.status === direct.status &&
      ours.body === direct.body &&
      ours.headers?.["x-name"] === direct.headers?.["x-name"] &&
      ours.headers?.["set-cookie"]?.split(";")[0] === direct.headers?.["set-cookie"]?.split(";")[0];
    console.log(
      `${same ? "held  " : "PASSED"} ${name.padEnd(58)} requests ${brief(direct)} curl ${brief(await byCurl(origin + pathOf(name)))} node ${brief(await byNode(origin + pathOf(name)))} proxy ${brief(ours)}`,
    );
    if (!same) differing.push(`${name}: ${JSON.stringify(ours)} in place of ${JSON.stringify(direct)}`);
  }
  assert.equal(differing, []);
});

test("an answer that is refused is 424 with the rule, and its request reaches the server once", async () => {
  const without = await byRequests(origin, Object.keys(refused));
  for (const [name, [, rule]] of Object.entries(refused)) {
    for (const method of ["GET", "POST"]) {
      seen.length = 0;
      const { status, body = "" } = await byNode(proxied() + pathOf(name), method);
      const held = status === 424 && seen.length === 1 && rule.test(body);
      console.log(
        `${held ? "held  " : "PASSED"} ${method.padEnd(4)} ${name.padEnd(50)} requests ${brief(without.get(name))} proxy ${status}`,
      );
      assert.not.ok(REPEATED.includes(status as number), `${name}: ${status}`);
      assert.is(status, 424, `${name}: ${body}`);
      assert.equal(seen, [name]);
      const { message } = JSON.parse(body);
      if (!rule.test(message)) console.log(message);
      assert.match(message, rule, name);
      assert.match(message, /may have carried out the request\. Try this: /);
    }
  }
});

test("a connection that breaks before an answer stays 502", async () => {
  for (const name of Object.keys(nothing)) {
    for (const method of ["GET", "POST"]) {
      assert.is((await byNode(proxied() + pathOf(name), method)).status, 502, name);
    }
  }
});

test.run();
