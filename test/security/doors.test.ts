/**
 * Everything that a socket can do to the port of `proxy` and `exec`, with the token and without. Prints what it tried; whatever
 * ends the process, reaches its last net, keeps a descriptor, or keeps it from ending counts as passed.
 *
 *   node --import ./scripts/typescript.mjs test/security/doors.test.ts
 */
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Running, start } from "../../cli/test/command.js";
import { createSite, type Site } from "../../cli/test/project.js";

const test = suite("doors: nothing that a socket does ends exec or proxy", { timeout: 120 });

/** How a client leaves: at once, once it has seen what comes, or with its side closed. */
const endings: Readonly<Record<string, (socket: Socket) => unknown>> = {
  "and resets": (socket) => socket.resetAndDestroy(),
  "and resets after an answer": async (socket) => {
    await Promise.race([once(socket, "data"), once(socket, "end"), pause(200)]);
    socket.resetAndDestroy();
  },
  "and closes its side": (socket) => socket.end(),
  "and goes on with rubbish": (socket) => socket.end("\0\r\n\r\nGET rubbish\r\n\r\n"),
};

const host = "host: 127.0.0.1:PORT";
const body = (length: number) => `content-length: ${length}`;

/** What a client says first. `TOKEN` and `PORT` are the proxy's; `SLOW` is a path that the server answers in pieces, and late. */
const sayings: Readonly<Record<string, string>> = {
  nothing: "",
  "half a line": "GET /TOK",
  "half a head": `GET /TOKEN/x HTTP/1.1\r\n${host}\r\nx: `,
  CONNECT: "CONNECT a:1 HTTP/1.1\r\n\r\n",
  "CONNECT with a host and bytes behind it": `CONNECT a:1 HTTP/1.1\r\n${host}\r\n\r\n${"x".repeat(1000)}`,
  "CONNECT behind a refused request": `GET /x HTTP/1.1\r\n${host}\r\n\r\nCONNECT a:1 HTTP/1.1\r\n\r\n`,
  "CONNECT behind a relayed request": `GET /TOKEN/SLOW HTTP/1.1\r\n${host}\r\n\r\nCONNECT a:1 HTTP/1.1\r\n\r\n`,
  "an upgrade": `GET /x HTTP/1.1\r\n${host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`,
  "an upgrade with the token": `GET /TOKEN/x HTTP/1.1\r\n${host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n\x81\x01a`,
  "an offer of HTTP/2": `GET /TOKEN/x HTTP/1.1\r\n${host}\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n`,
  "HTTP/2 outright": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
  "the hello of TLS": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
  "an expectation that nobody knows": `POST /x HTTP/1.1\r\n${host}\r\nexpect: miracles\r\n${body(5)}\r\n\r\n`,
  "the same with the token": `POST /TOKEN/x HTTP/1.1\r\n${host}\r\nexpect: miracles\r\n${body(5)}\r\n\r\n`,
  "100-continue without the token": `PUT /x HTTP/1.1\r\n${host}\r\nexpect: 100-continue\r\n${body(500_000)}\r\n\r\n`,
  "100-continue with the token": `PUT /TOKEN/x HTTP/1.1\r\n${host}\r\nexpect: 100-continue\r\n${body(500_000)}\r\n\r\n`,
  "a head that is too long": `GET /TOKEN/x HTTP/1.1\r\n${host}\r\nx: ${"a".repeat(200_000)}\r\n\r\n`,
  "a thousand refused requests": `GET /x HTTP/1.1\r\n${host}\r\n\r\n`.repeat(1000),
  "a hundred relayed requests": `GET /TOKEN/SLOW HTTP/1.1\r\n${host}\r\n\r\n`.repeat(100),
  "rubbish behind a relayed request": `GET /TOKEN/SLOW HTTP/1.1\r\n${host}\r\n\r\n\0\0\0\0`,
  "a refused upload": `PUT /x HTTP/1.1\r\n${host}\r\n${body(1_000_000)}\r\n\r\n${"x".repeat(10_000)}`,
  "a relayed upload": `PUT /TOKEN/x HTTP/1.1\r\n${host}\r\n${body(1_000_000)}\r\n\r\n${"x".repeat(10_000)}`,
  "an upload that is answered early": `PUT /TOKEN/EARLY HTTP/1.1\r\n${host}\r\n${body(1_000_000)}\r\n\r\n${"x".repeat(10_000)}`,
  "a small body that stops": `POST /TOKEN/x HTTP/1.1\r\n${host}\r\n${body(10)}\r\n\r\nabc`,
  "a chunk that is none": `POST /TOKEN/x HTTP/1.1\r\n${host}\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`,
  "a chunk that stops": `POST /TOKEN/x HTTP/1.1\r\n${host}\r\ntransfer-encoding: chunked\r\n\r\nff\r\nabc`,
  "HTTP/0.9": "GET /TOKEN/x\r\n\r\n",
  "HTTP/1.0": `GET /TOKEN/SLOW HTTP/1.0\r\n${host}\r\n\r\n`,
  "a body that a HEAD has": `HEAD /TOKEN/x HTTP/1.1\r\n${host}\r\n${body(5)}\r\n\r\nabc`,
  "OPTIONS for the whole server": `OPTIONS * HTTP/1.1\r\n${host}\r\n\r\n`,
};

let site: Site;
test.before(async () => {
  site = await createSite();
  site.upstream.answer = (req, res) => {
    if (req.url?.includes("EARLY")) return void res.writeHead(413, { connection: "close" }).end("too large");
    req.resume();
    if (!req.url?.includes("SLOW")) return void req.on("end", () => res.end("fine"));
    res.write("piece");
    setTimeout(() => res.end("end"), 100);
  };
});
test.after(() => site.stop());

interface Door {
  readonly running: Running;
  readonly url: string;
  readonly port: number;
  readonly token: string;
}

const program = ["sh", "-c", 'echo "$MLFLOW_TRACKING_URI"; trap "exit 7" TERM; while :; do sleep 0.05; done'];
const ways = {
  proxy: { args: ["proxy", "--port", "0"], code: 0 },
  exec: { args: ["exec", "--", ...program], code: 7 },
};

async function open(args: readonly string[], options: { files?: number } = {}): Promise<Door> {
  const running = start(args, { cwd: site.project.folder, ...options });
  const url = await running.firstLine();
  const { port, pathname } = new URL(url);
  return { running, url, port: Number(port), token: pathname.slice(1) };
}

async function said({ port, token }: Door, text: string): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.resume();
  socket.write(text.replaceAll("TOKEN", token).replaceAll("PORT", String(port)), "latin1");
  return socket;
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Serving, nothing said, nothing caught by the last net, and no descriptor held: what a good client, the log and the system say. */
async function unharmed({ running, url }: Door, before: number): Promise<void> {
  assert.is(running.child.exitCode, null, running.output.stderr);
  assert.is(await (await fetch(`${url}/x`, { headers: { connection: "close" } })).text(), "fine");
  // A head that is too long may be a client of ours with many cookies, and is told of once.
  const expected = /^mlflow-auth: (?:using .*|warning: a request was refused: the head .*)\n/gm;
  assert.is(running.output.stderr.replace(expected, ""), "");
  // What is still read and dropped is let go in a while.
  while (process.platform === "linux" && descriptors(running) > before + 4) await pause(50);
}

const descriptors = ({ child }: Running) =>
  process.platform === "linux" ? readdirSync(`/proc/${child.pid}/fd`).length : 0;

for (const [way, { args, code }] of Object.entries(ways)) {
  test(`${way}: every saying with every ending`, async () => {
    const door = await open(args);
    await unharmed(door, Number.POSITIVE_INFINITY);
    const before = descriptors(door.running);
    let tried = 0;
    for (const [what, text] of Object.entries(sayings)) {
      for (const [how, leave] of Object.entries(endings)) {
        const socket = await said(door, text);
        await leave(socket);
        tried++;
        assert.is(door.running.child.exitCode, null, `${what} ${how} ended it: ${door.running.output.stderr}`);
      }
    }
    await unharmed(door, before);
    console.log(`${way}: ${tried} connections, none did harm`);
    door.running.child.kill("SIGTERM");
    assert.is((await door.running.end).code, code);
  });

  test(`${way} ends when it is told to while each of them stays open`, async () => {
    const door = await open(args);
    const sockets = await Promise.all(Object.values(sayings).map((text) => said(door, text)));
    await unharmed(door, Number.POSITIVE_INFINITY);
    door.running.child.kill("SIGTERM");
    assert.is((await door.running.end).code, code, door.running.output.stderr);
    for (const socket of sockets) socket.destroy();
  });
}

test("proxy goes on, and lets a client in, while outsiders take every descriptor that it may have", async () => {
  const { running, port, url } = await open(ways.proxy.args, { files: 64 });
  const held: Socket[] = [];
  for (let i = 0; i < 300; i++) {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    held.push(socket);
  }
  // A client whose connection was the one too many tries again, as MLflow's do.
  const ask = (left: number): Promise<string> =>
    fetch(`${url}/x`).then(
      (answer) => answer.text(),
      () => (left === 0 ? "shut out" : pause(100).then(() => ask(left - 1))),
    );
  assert.is(await ask(20), "fine");
  for (const socket of held) socket.destroy();
  running.child.kill("SIGTERM");
  assert.is((await running.end).code, 0);
});

test("proxy whose output nobody reads goes on", async () => {
  const { running, url } = await open(ways.proxy.args);
  running.child.stdout?.destroy();
  running.child.stderr?.destroy();
  // Each is refused, and each warning fails to be written.
  site.project.setCredential("denied");
  for (let i = 0; i < 5; i++) assert.is((await fetch(`${url}/x`)).status, 424);
  running.child.kill("SIGTERM");
  assert.is((await running.end).code, 0);
  site.project.setCredential("sesame");
});

test.run();
