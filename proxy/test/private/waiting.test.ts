import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Rig, startRig } from "../rig.js";

const test = suite("requests that wait for one another");

/** Milliseconds. Nothing here fails because the machine is slow: what must happen is waited for. */
const SHORT = 50;

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

interface Crowd {
  readonly rig: Rig;
  readonly answers: Promise<string[]>;
  finish(): void;
  warnings(): string[];
}

/** `count` requests to a server that answers none of them until it is told to. */
async function crowd(count: number, connections?: number): Promise<Crowd> {
  const held: (() => void)[] = [];
  let isOver = false;
  const rig = await startRig({
    patience: SHORT,
    ...(connections === undefined ? {} : { connections }),
    answer(_req, res) {
      if (isOver) res.end("fine");
      else held.push(() => res.end("fine"));
    },
  });
  const ask = async () => await (await fetch(`${rig.proxy.url}/x`)).text();
  const answers = Promise.all(Array.from({ length: count }, ask));
  while (held.length < Math.min(count, connections ?? 64)) await pause(5);
  return {
    rig,
    answers,
    finish() {
      isOver = true;
      for (const one of held) one();
    },
    warnings: () => rig.logged.filter((line) => line.includes("has waited for")),
  };
}

test("64 that hang make the next one wait, which is told once, and all get their answers in the end", async () => {
  const { rig, answers, finish, warnings } = await crowd(80);
  while (warnings().length === 0) await pause(5);
  await pause(3 * SHORT);
  assert.is(rig.upstream.seen.length, 64);
  assert.is(warnings().length, 1);
  assert.match(warnings()[0] as string, /64 requests to http:\/\/127\.0\.0\.1:\d+ are under way.*raise `connections`/);
  finish();
  assert.equal(new Set(await answers), new Set(["fine"]));
});

test("`connections` of the server raises the limit", async () => {
  const { rig, answers, finish, warnings } = await crowd(80, 100);
  while (rig.upstream.seen.length < 80) await pause(5);
  await pause(3 * SHORT);
  assert.equal(warnings(), []);
  finish();
  await answers;
});

test("`connections` of the server lowers it, too", async () => {
  const { rig, answers, finish, warnings } = await crowd(5, 2);
  while (warnings().length === 0) await pause(5);
  assert.match(warnings()[0] as string, /2 requests to .* raise `connections` of this server above 2/);
  assert.is(rig.upstream.seen.length, 2);
  finish();
  await answers;
});

test("of a server with one connection the warning speaks of one request", async () => {
  const { answers, finish, warnings } = await crowd(2, 1);
  while (warnings().length === 0) await pause(5);
  assert.match(warnings()[0] as string, /a request to .* is under way, and another has waited for .* for it to end\./);
  finish();
  await answers;
});

test("as many as there may be are nothing to be told of", async () => {
  const { answers, finish, warnings } = await crowd(64);
  await pause(3 * SHORT);
  assert.equal(warnings(), []);
  finish();
  await answers;
});

test.run();
