/** What the proxy says at info of the requests that it refuses. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { badRequest, forbidden } from "../../src/http/refusal.js";
import { createRefusalLog } from "../../src/http/refusal-log.js";
import { startRig } from "../rig.js";

const test = suite("refusals as the log tells of them");

function refusalLog(level: "info" | "warn" = "info") {
  const lines: string[] = [];
  const none = () => undefined;
  const info = (fields: object, message: string) => void lines.push(`${JSON.stringify(fields)} ${message}`);
  const time = { now: 0 };
  const logger = { isLevelEnabled: () => level === "info", debug: none, info, warn: none, error: none };
  return { lines, time, ...createRefusalLog(logger, () => time.now) };
}

test("each reason is told at once, and for a minute only counted", () => {
  const { lines, time, tell } = refusalLog();
  for (let round = 0; round < 1_000; round++) tell(forbidden("no token"));
  tell(badRequest("no host"));
  assert.equal(lines, [
    '{"status":403} refused a request with 403: no token',
    '{"status":400} refused a request with 400: no host',
  ]);
  time.now = 60_000;
  tell(forbidden("no token"));
  assert.match(lines[2] as string, "no token (and 999 more for the same reason since this was told)");
});

test("what was only counted is told at the end", () => {
  const { lines, tell, end } = refusalLog();
  for (let round = 0; round < 3; round++) tell(forbidden("no token"));
  for (let round = 0; round < 2; round++) tell(badRequest("no host"));
  tell(badRequest("no method"));
  end();
  end();
  assert.equal(lines.slice(3), [
    '{"status":403} refused 2 more requests with 403: no token',
    '{"status":400} refused 1 more request with 400: no host',
  ]);
});

test("reasons that clients make up don't fill the log", () => {
  const { lines, tell } = refusalLog();
  for (let round = 0; round < 1_000; round++) tell(forbidden(`reason ${round}`));
  assert.is(lines.length, 64);
});

test("where nobody reads it, nothing is kept", () => {
  const { lines, tell } = refusalLog("warn");
  tell(forbidden("no token"));
  assert.equal(lines, []);
});

test("a stranger, a path that misleads and an unlisted address show with their reasons, and without the token", async () => {
  const { proxy, token, logged, stop } = await startRig({ level: "debug", base: "/base" });
  const { origin } = new URL(proxy.url);
  assert.is((await fetch(`${origin}/wrong/api`)).status, 403);
  assert.is((await fetch(`${origin}/other/api`)).status, 403);
  assert.is((await fetch(`${proxy.url}/~http:unlisted.test/x`)).status, 403);
  assert.is((await fetch(`${proxy.url}/..%2fx`)).status, 400);
  const refused = logged
    .filter((line) => line.includes("refused a request with"))
    .map((line) => line.split(". Try")[0]);
  assert.is(refused.length, 3, logged.join("\n"));
  assert.match(refused[0] as string, "403: the request lacks the token of this proxy");
  assert.match(refused[1] as string, "403: this address belongs to no server of the configuration file");
  assert.match(refused[2] as string, '{"status":400,"code":"PATH_MISLEADING"}');
  await stop();
  const ends = logged
    .filter((line) => /listening|stopping|stopped|1 more request/.test(line))
    .map((line) => line.split("} ")[1]?.split(":")[0]);
  assert.match(logged.join("\n"), /listening on http:\/\/127\.0\.0\.1:\d+ for http:\/\/127\.0\.0\.1:\d+\/base\n/);
  assert.equal(ends.slice(1), ["stopping", "refused 1 more request with 403", "stopped"]);
  assert.not.match(logged.join("\n"), token);
});

test.run();
