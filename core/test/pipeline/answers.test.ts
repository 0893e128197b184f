/** Failures that clients bear in silence, and every answer at debug. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { ServerConfig } from "../../src/config/config.js";
import { createAnswers } from "../../src/pipeline/answers.js";
import { canary, fakeClock, revealedBy } from "../../src/testing.js";

const test = suite("what is told of answers");

const serverAt = (uri: string) => ({ uri }) as ServerConfig;
const one = serverAt("https://mlflow.test");
const other = serverAt("https://other.test/base");

function answersAt(level: "debug" | "info" | "warn", pythonsToo = true) {
  const levels = ["debug", "info", "warn", "error"] as const;
  const lines: string[] = [];
  const write = (at: (typeof levels)[number]) => (_fields: object, message: string) => {
    if (levels.indexOf(at) >= levels.indexOf(level)) lines.push(`${at}: ${message}`);
  };
  const logger = {
    isLevelEnabled: (at: (typeof levels)[number]) => levels.indexOf(at) >= levels.indexOf(level),
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
  };
  const clock = fakeClock();
  return { answers: createAnswers(logger, clock, pythonsToo), lines, clock };
}

for (const status of [408, 429, 500, 502, 503, 504]) {
  test(`${status} is told once for each server while it lasts, with what MLflow's client does and what to do`, () => {
    const { answers, lines } = answersAt("warn");
    for (let round = 0; round < 50; round++) answers.note(one, status);
    answers.note(other, status);
    assert.is(lines.length, 2, lines.join("\n"));
    assert.match(lines[0] as string, `warn: https://mlflow.test answers ${status}`);
    assert.match(
      lines[0] as string,
      /MLflow's Python client .* up to 7 times again, for about 4 minutes, without a word/,
    );
    assert.match(lines[0] as string, /Try this: \w/);
    assert.match(lines[1] as string, `https://other.test/base answers ${status}`);
    assert.is(answers.failing.size, 2);
  });
}

for (const status of [404, 409, 424, 431, 501]) {
  test(`${status}, which no client of MLflow repeats, is not told`, () => {
    const { answers, lines } = answersAt("info");
    answers.note(one, status);
    assert.equal(lines, []);
    assert.is(answers.failing.size, 0);
  });
}

test("another status of the same server is told, too", () => {
  const { answers, lines } = answersAt("warn");
  for (const status of [503, 502, 503, 502]) answers.note(one, status);
  assert.equal(
    lines.map((line) => /answers (\d+)/.exec(line)?.[1]),
    ["503", "502"],
  );
});

test("what has passed and comes again is told again, but no more than once a minute", async () => {
  const { answers, lines, clock } = answersAt("warn");
  const told = () => lines.splice(0).length;
  answers.note(one, 503);
  assert.is(told(), 1);
  for (let second = 1; second < 60; second++) {
    await clock.advance(1_000);
    answers.note(one, second % 2 === 0 ? 503 : 200);
  }
  assert.is(told(), 0);
  await clock.advance(1_000);
  answers.note(one, 503);
  assert.is(told(), 1);
  await clock.advance(3_600_000);
  answers.note(one, 503);
  assert.is(told(), 0, "it lasts: nothing else has come in between");
});

test("at info the server's recovery is told", () => {
  const { answers, lines } = answersAt("info");
  for (const status of [503, 200, 200]) answers.note(one, status);
  assert.equal(lines.slice(1), ["info: https://mlflow.test answers again"]);
  assert.is(answers.failing.size, 0);
});

test("Retry-After is what MLflow's client waits for where it heeds it", () => {
  const told = (status: number, retryAfter: string) => {
    const { answers, lines } = answersAt("warn");
    answers.note(one, status, retryAfter);
    return lines[0] as string;
  };
  assert.match(told(429, "30"), "after 30 s each, as Retry-After says");
  assert.match(told(503, " 5 "), "after 5 s each");
  assert.match(told(502, "30"), "about 4 minutes");
  assert.match(told(429, "Fri, 27 Nov 2026 00:00:00 GMT"), "about 4 minutes");
  assert.not.match(told(429, "30\u001b[2J"), "\u001b");
});

test("a program in Node is told of the server, and nothing of Python", () => {
  const { answers, lines } = answersAt("warn", false);
  answers.note(one, 503);
  assert.equal(lines, ["warn: https://mlflow.test answers 503. Try this: wait until the server is up, or start it"]);
});

test("at debug each request is one line with method, path, status and milliseconds, and never its query", () => {
  const secret = canary();
  const { answers, lines } = answersAt("debug");
  const ended = { server: one.uri, method: "GET", milliseconds: 12.4 };
  answers.tell?.({ ...ended, path: `/api/2.0/mlflow/runs/get?run_id=1&key=${secret}`, end: 200 });
  answers.tell?.({ ...ended, path: `/x#${secret}`, end: { broken: "ECONNRESET" } });
  answers.tell?.({ ...ended, path: `/y?${secret}`, end: { refused: "SECRET_DENIED" } });
  answers.tell?.({ ...ended, server: undefined, path: "/z", end: { refused: "PATH_MISLEADING", status: 400 } });
  answers.tell?.({ ...ended, path: `/\u001b[2J${"x".repeat(10_000)}`, end: 404 });
  assert.equal(lines.slice(0, 4), [
    "debug: GET /api/2.0/mlflow/runs/get: answered 200 after 12 ms",
    "debug: GET /x: no whole answer (ECONNRESET) after 12 ms",
    "debug: GET /y: refused (SECRET_DENIED) after 12 ms",
    "debug: GET /z: refused with 400 (PATH_MISLEADING) after 12 ms",
  ]);
  assert.not.match(lines[4] as string, "\u001b");
  assert.ok((lines[4] as string).length < 500);
  assert.is(revealedBy(lines.join("\n"), secret), undefined);
});

test("where nobody reads debug there is nothing to call", () => {
  assert.is(answersAt("info").answers.tell, undefined);
});

test.run();
