/** Leases: how long a proxy stays for its programs, and what they are told meanwhile. */
import { suite } from "@mlflow-auth/test/suite";
import { until } from "@mlflow-auth/test/until";
import * as assert from "uvu/assert";
import { LINGER } from "../../src/shared-proxy/leases.js";
import { ask, serve } from "./control-scene.js";

const test = suite("programs that have a lease");

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
