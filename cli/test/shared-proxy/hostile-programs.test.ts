/** The control socket with programs that are cut off, broken or lying, and a clock that the test owns. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { fakeClock } from "@mlflow-auth/core/testing";
import { temporaryFolder } from "@mlflow-auth/test/servers/process/temporary-folder";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createControl, PATIENCE } from "../../src/shared-proxy/control.js";
import { createLeases, LINGER } from "../../src/shared-proxy/leases.js";

const test = suite("programs that ask wrongly");

const YES = { settings: { proxy: "http://127.0.0.1:1" }, file: null, fd: null, digest: "d" };
const ask = `${JSON.stringify({ ask: { version: "1", prefix: "/", plugins: [], cwd: "/", env: {}, namespaces: {} } })}\n`;

async function serve() {
  const clock = fakeClock();
  let ended = 0;
  const leases = createLeases({ ended: () => void ended++, clock });
  const control = createControl({ answer: async () => YES, leases, clock });
  const { path: folder, remove } = temporaryFolder("control");
  closeAfterwards(remove);
  const path = join(folder, "s");
  const accepted: Socket[] = [];
  const server = createServer((socket) => {
    accepted.push(socket);
    control.take(socket, false);
  });
  server.listen(path);
  await once(server, "listening");
  closeAfterwards(() => void server.close());
  closeAfterwards(() => {
    control.close();
    leases.close();
    for (const socket of accepted) socket.destroy();
  });
  return { clock, leases, accepted, open: () => open(path), ended: () => ended };
}

/** A program, and what it was told so far. */
async function open(path: string) {
  const socket = connect(path);
  closeAfterwards(() => socket.destroy());
  socket.on("error", () => undefined);
  await once(socket, "connect");
  let told = "";
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    told += text;
    socket.emit("told");
  });
  const closed = new Promise((resolve) => socket.once("close", resolve));
  const hears = async (text: string) => {
    while (!told.includes(text)) await new Promise((resolve) => socket.once("told", resolve));
  };
  return { socket, told: () => told, closed, hears };
}

/** Lets what was sent come, and what is answered. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

test("one that sends nothing loses its connection after a while, and others get theirs meanwhile", async () => {
  const { clock, accepted, open, leases } = await serve();
  const silent = await open();
  await until(() => accepted.length === 1);
  const other = await open();
  other.socket.write(ask);
  await other.hears("settings");
  await clock.advance(PATIENCE);
  await silent.closed;
  assert.is(silent.told(), "");
  assert.is(leases.size, 1);
});

test("one that sends half a line and goes gets no lease", async () => {
  const { open, leases, accepted } = await serve();
  const { socket, closed } = await open();
  socket.end(ask.slice(0, 40));
  await closed;
  assert.ok(accepted[0]?.destroyed);
  assert.is(leases.size, 0);
});

test("one whose ask comes byte by byte gets its answer", async () => {
  const { open, leases } = await serve();
  const { socket, hears } = await open();
  for (const character of ask) {
    socket.write(character);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await hears("settings");
  assert.is(leases.size, 1);
});

test("one whose line does not end loses its connection, and not more than the line may have is kept", async () => {
  const { open, leases, accepted } = await serve();
  const { socket, closed } = await open();
  const piece = "x".repeat(64 * 1024);
  const flood = setInterval(() => socket.writable && socket.writableLength < 1024 * 1024 && socket.write(piece), 0);
  await closed;
  clearInterval(flood);
  assert.ok((accepted[0]?.bytesRead ?? 0) <= 5 * 1024 * 1024);
  assert.is(leases.size, 0);
});

test("of many that have not asked, all together keep 32 MiB at most", async () => {
  const { open, accepted } = await serve();
  const piece = "x".repeat(3 * 1024 * 1024);
  const programs = [];
  for (let index = 0; index < 14; index++) programs.push(await open());
  for (const { socket } of programs) socket.write(piece);
  await until(() => accepted.every(({ destroyed, bytesRead }) => destroyed || bytesRead === piece.length));
  const left = accepted.filter(({ destroyed }) => !destroyed);
  assert.ok(left.length > 0 && left.length <= 10, `${left.length} of 14 are left`);
});

test("of many that have not asked, the oldest are closed", async () => {
  const { open, accepted } = await serve();
  const programs = [];
  for (let index = 0; index < 260; index++) programs.push(await open());
  await until(() => accepted.length === 260);
  assert.is(accepted.filter(({ destroyed }) => destroyed).length, 4);
  await programs[3]?.closed;
  programs[4]?.socket.write(ask);
  await programs[4]?.hears("settings");
});

for (const [what, line] of [
  ["no JSON", "settings\n"],
  ["an array", "[]\n"],
  ["null", "null\n"],
  ["another message", '{"again":true}\n'],
  [
    "an ask of texts that are none",
    '{"ask":{"version":1,"prefix":"/","plugins":[],"cwd":"/","env":{},"namespaces":{}}}\n',
  ],
  ["bytes that are no text", Buffer.from([0xff, 0xfe, 0x0a])],
] as const) {
  test(`one that sends ${what} is told that it is not understood, and has no lease`, async () => {
    const { open, leases } = await serve();
    const { socket, told, closed } = await open();
    socket.write(line);
    await closed;
    assert.is(told(), '{"no":"not understood"}\n');
    assert.is(leases.size, 0);
  });
}

test("one that asks twice on a connection is answered once, and keeps its lease", async () => {
  const { open, leases, clock } = await serve();
  const { socket, told, hears } = await open();
  socket.write(ask + ask);
  await hears("settings");
  await clock.advance(PATIENCE);
  assert.is(told().match(/settings/g)?.length, 1);
  assert.is(leases.size, 1);
});

test("one that goes on sending loses its lease", async () => {
  const { open, leases } = await serve();
  const { socket, hears, closed } = await open();
  socket.write(ask);
  await hears("settings");
  socket.write("x".repeat(256 * 1024));
  await closed;
  await until(() => leases.size === 0);
});

test("one that resets its connection while it is answered leaves no lease", async () => {
  const { open, leases, accepted } = await serve();
  const { socket } = await open();
  socket.write(ask);
  socket.destroy();
  await until(() => accepted[0]?.destroyed === true);
  assert.is(leases.size, 0);
});

test("one that does not read is told no more once 64 KiB are unread, and keeps its lease", async () => {
  const { open, leases, accepted } = await serve();
  const { socket, hears } = await open();
  socket.write(ask);
  await hears("settings");
  socket.pause();
  for (let index = 0; index < 5_000; index++) leases.say(`mlflow-auth: warning: ${index} ${"x".repeat(1_000)}\n`);
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok((accepted[0]?.writableLength ?? 0) < 80 * 1024);
  assert.is(leases.size, 1);
  leases.again();
  socket.resume();
  await hears('{"again":true}');
});

test("what is said before anybody has a lease is kept for the first, and bounded", async () => {
  const { open, leases } = await serve();
  for (let index = 0; index < 500; index++) leases.say(`line ${index}\n`);
  leases.say("two\nlines\n");
  const first = await open();
  first.socket.write(ask);
  await first.hears("line 49");
  leases.say("later\n");
  const second = await open();
  second.socket.write(ask);
  await second.hears("settings");
  leases.say("last\n");
  await Promise.all([first.hears("last"), second.hears("last")]);
  assert.not(first.told().includes("line 50"));
  assert.not(second.told().includes("line") || second.told().includes("later"));
});

test("all but one are told to ask anew", async () => {
  const { open, leases, accepted } = await serve();
  const [first, second] = [await open(), await open()];
  for (const { socket, hears } of [first, second]) {
    socket.write(ask);
    await hears("settings");
  }
  leases.again(accepted[0]);
  leases.say("end\n");
  await Promise.all([first.hears("end"), second.hears("again")]);
  assert.not(first.told().includes("again"));
});

test("a line that is very long is cut", async () => {
  const { open, leases } = await serve();
  const { socket, told, hears } = await open();
  socket.write(ask);
  await hears("settings");
  leases.say(`${"x".repeat(20_000)}\n`);
  leases.say("end\n");
  await hears("end");
  assert.is(told().match(/x{99,}/)?.[0].length, 8 * 1024);
});

test("the end comes a minute after the last lease, and not while there is one", async () => {
  const { open, leases, clock, ended } = await serve();
  leases.expect();
  const first = await open();
  first.socket.write(ask);
  await first.hears("settings");
  await clock.advance(2 * LINGER);
  const second = await open();
  second.socket.write(ask);
  await second.hears("settings");
  first.socket.destroy();
  await until(() => leases.size === 1);
  await clock.advance(2 * LINGER);
  assert.is(ended(), 0);
  second.socket.destroy();
  await until(() => leases.size === 0);
  await clock.advance(LINGER - 1);
  assert.is(ended(), 0);
  await clock.advance(1);
  assert.is(ended(), 1);
});

test("a new lease within the minute puts the end off", async () => {
  const { open, leases, clock, ended } = await serve();
  leases.expect();
  await clock.advance(LINGER - 1);
  const first = await open();
  first.socket.write(ask);
  await first.hears("settings");
  await clock.advance(LINGER);
  assert.is(ended(), 0);
});

test("where nobody ever gets a lease, the end comes after a minute as well", async () => {
  const { leases, clock, ended } = await serve();
  leases.expect();
  await clock.advance(LINGER);
  assert.is(ended(), 1);
});

test.run();
