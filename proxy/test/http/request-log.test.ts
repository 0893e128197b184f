/** What the proxy says at debug of every request, whatever became of it. */
import { connect } from "node:net";
import { suite } from "@mlflow-auth/test/suite";
import { until } from "@mlflow-auth/test/until";
import * as assert from "uvu/assert";
import { createToken } from "../../src/index.js";
import { head, raw, startRig } from "../rig.js";

const test = suite("requests as the proxy's log tells of them");

/** Of a line `{…} METHOD /path: what became of it after N ms`: all but the time, with the fields that say the same. */
function ends(logged: readonly string[]): string[] {
  return logged.flatMap((line) => {
    const [, fields = "{}", text] = /^(\{.*?\}) (.*: .*) after \d+ ms$/.exec(line) ?? [];
    if (text === undefined) return [];
    const { status, reason } = JSON.parse(fields);
    return [`${text} [${[status, reason].filter((one) => one !== undefined).join(" ")}]`];
  });
}

test("each request is one line, and of one that is refused it has the status and the code of the reason", async () => {
  const { proxy, project, upstream, logged } = await startRig({ level: "debug", base: "/base" });
  const ask = async (path: string, init?: RequestInit) => (await fetch(proxy.url + path, init)).status;
  project.setCredential("denied");
  assert.is(await ask("/api/2.0/mlflow/runs/create?key=of-no-concern", { method: "POST", body: "x" }), 424);
  project.setCredential("first");
  assert.is(await ask("/api"), 200);
  assert.is(await ask("/~http:unlisted.test/x"), 403);
  assert.is(await ask("/~http:a_b/x"), 400);
  assert.is(await ask("/..%2fx"), 400);
  assert.is(await ask("", { redirect: "manual" }), 307);
  await upstream.stop();
  assert.is(await ask("/gone"), 502);
  await until(() => ends(logged).length === 7);
  assert.equal(ends(logged), [
    "POST /base/api/2.0/mlflow/runs/create: refused with 424 (SECRET_DENIED) [424 SECRET_DENIED]",
    "GET /base/api: answered 200 [200]",
    "GET /~http:unlisted.test/x: refused with 403 (PERMISSION_DENIED) [403 PERMISSION_DENIED]",
    "GET /~http:a_b/x: refused with 400 (BAD_REQUEST) [400 BAD_REQUEST]",
    "GET /..%2fx: refused with 400 (PATH_MISLEADING) [400 PATH_MISLEADING]",
    "GET /: answered 307 [307]",
    "GET /base/gone: refused with 502 (ECONNREFUSED) [502 ECONNREFUSED]",
  ]);
  assert.not.match(logged.join("\n"), "of-no-concern");
});

test("an answer that breaks off, and a client that gives up, are told for what they are", async () => {
  const { proxy, upstream, token, logged } = await startRig({
    level: "debug",
    answer: (req, res) => {
      if (req.url !== "/breaks") return;
      // Longer than what a client gets whole or not at all.
      res.writeHead(200, { "content-length": 100_000 }).write("begun");
      setImmediate(() => res.destroy());
    },
  });
  await fetch(`${proxy.url}/breaks`).then(
    (answer) => answer.text().catch(() => undefined),
    () => undefined,
  );
  const socket = connect(proxy.port, "127.0.0.1");
  socket.write(`GET /${token}/slow HTTP/1.1\r\nhost: 127.0.0.1:${proxy.port}\r\n\r\n`);
  await until(() => upstream.seen.length === 2);
  socket.destroy();
  await until(() => ends(logged).length === 2);
  const [broken, given] = ends(logged);
  assert.match(broken as string, /^GET \/breaks: no whole answer \([A-Z_]+\) \[[A-Z_]+\]$/);
  assert.is(given, "GET /slow: no whole answer (given up) [given up]");
});

test("of who is not admitted the path is told without what may be a token of this proxy, or of another", async () => {
  const { proxy, token, logged } = await startRig({ level: "debug" });
  const other = createToken().reveal();
  const { origin } = new URL(proxy.url);
  assert.is((await fetch(`${origin}/${other}/api?${token}`)).status, 403);
  assert.is((await fetch(`${proxy.url}/${token}/api`)).status, 400);
  await raw(proxy.port, head(`GET /${token}/x/%${token.charCodeAt(0).toString(16)}${token.slice(1)}`, ["host: other"]));
  await raw(proxy.port, head(`GET ${proxy.url}/x`, [`host: 127.0.0.1:${proxy.port}`]));
  await raw(proxy.port, head(`GET /${token}`, ["host: other"]));
  const shown = ends(logged).map((line) => line.split(" [")[0]);
  assert.equal(shown, [
    "GET /…/api: refused with 403 (PERMISSION_DENIED)",
    "GET /…: refused with 400 (BAD_REQUEST)",
    "GET /…: refused with 403 (PERMISSION_DENIED)",
    "GET /…: refused with 400 (BAD_REQUEST)",
    "GET /…: refused with 403 (PERMISSION_DENIED)",
  ]);
  assert.not.match(logged.join("\n"), token);
  assert.not.match(logged.join("\n"), token.slice(1));
  assert.not.match(logged.join("\n"), other);
});

test("what is no request is told, too", async () => {
  const { proxy, logged } = await startRig({ level: "debug" });
  await raw(proxy.port, "\u0016\u0003\u0001 no HTTP\r\n\r\n");
  await raw(proxy.port, head("CONNECT host:443", ["host: host:443"]));
  const told = logged.filter((line) => line.includes("what is no request: refused with"));
  assert.is(told.length, 2, logged.join("\n"));
  assert.match(told[0] as string, '{"status":400,"reason":"BAD_REQUEST"}');
});

test.run();
