/** The control socket with programs that are cut off, broken or lying. */
import { suite } from "@mlflow-auth/test/suite";
import { until } from "@mlflow-auth/test/until";
import * as assert from "uvu/assert";
import { PATIENCE } from "../../src/shared-proxy/control.js";
import { ask, serve } from "./control-scene.js";

const test = suite("programs that ask wrongly");

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
    '{"ask":{"version":1,"prefix":"/","plugins":[],"cwd":"/","env":{},"namespaces":{},"rights":{}}}\n',
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

test.run();
