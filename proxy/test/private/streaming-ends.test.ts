/** Streams that somebody leaves in the middle: the client, the server, or the proxy as it stops. */
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { suite } from "@mlflow-auth/test/suite";
import { until } from "@mlflow-auth/test/until";
import * as assert from "uvu/assert";
import { type Rig, raw, startRig } from "../rig.js";

const test = suite("ends of streams");

const MIB = 1024 * 1024;
const LONG = 64 * MIB;

let rig: Rig;
test.beforeEach(async () => {
  rig = await startRig();
});
test.afterEach(() => rig.stop());

test("a client that goes away ends the request at the upstream", async () => {
  let gone = false;
  rig.upstream.answer = (req, res) => {
    res.on("close", () => {
      gone = !res.writableFinished;
    });
    req.resume();
    res.write("begun");
  };
  const req = request(`${rig.proxy.url}/x`).end();
  req.on("error", () => {});
  const [res] = (await once(req, "response")) as [IncomingMessage];
  await once(res, "data");
  req.destroy();
  await until(() => gone);
});

for (const length of [LONG, undefined]) {
  test(`a client that goes away in the middle of an upload (${length ? "declared" : "chunked"}) leaves no complete one behind`, async () => {
    let complete: boolean | undefined;
    rig.upstream.answer = (req) => {
      req.on("error", () => {});
      req.on("close", () => {
        complete = req.complete;
      });
      req.resume();
    };
    const headers = length === undefined ? {} : { "content-length": length };
    const req = request(`${rig.proxy.url}/x`, { method: "PUT", headers });
    req.on("error", () => {});
    req.write(Buffer.alloc(256 * 1024));
    await until(() => rig.upstream.seen.length > 0);
    req.destroy();
    await until(() => complete !== undefined);
    assert.is(complete, false);
  });
}

for (const length of [MIB, undefined]) {
  test(`an answer that breaks off (${length ? "declared" : "chunked"}) breaks off for the client, too`, async () => {
    rig.upstream.answer = (_req, res) => {
      if (length !== undefined) res.setHeader("content-length", length);
      res.write("begun", () => res.destroy());
    };
    const answer = await fetch(`${rig.proxy.url}/x`);
    assert.is(answer.status, 200);
    const failed = await answer.text().then(
      () => false,
      () => true,
    );
    assert.ok(failed);
  });
}

test("a short answer that breaks off is told as what it is, and as nothing to send again", async () => {
  rig.upstream.answer = (_req, res) => {
    res.setHeader("content-length", 10);
    res.write("begun", () => res.destroy());
  };
  const answer = await fetch(`${rig.proxy.url}/x`, { method: "POST" });
  assert.is(answer.status, 424);
  assert.match(await answer.text(), /can't be passed on: it breaks off.*The server may have carried out the request/);
});

test("a client of HTTP/1.0, to whom a closed connection is the end of an answer, sees one that breaks off as a reset", async () => {
  rig.upstream.answer = (_req, res) => void res.write("begun", () => setImmediate(() => res.destroy()));
  const { proxy, token } = rig;
  const answer = raw(proxy.port, `GET /${token}/x HTTP/1.0\r\nhost: 127.0.0.1:${proxy.port}\r\n\r\n`);
  const end = await answer.catch((error: NodeJS.ErrnoException) => error.code);
  assert.is(end, "ECONNRESET");
});

test("an upstream that goes away in the middle of an upload gets the client a 502", async () => {
  rig.upstream.answer = (req) => {
    req.once("data", () => req.socket.destroy());
  };
  const req = request(`${rig.proxy.url}/x`, { method: "PUT", headers: { "content-length": LONG } });
  req.on("error", () => {});
  req.write(Buffer.alloc(256 * 1024));
  const [res] = (await once(req, "response")) as [IncomingMessage];
  assert.is(res.statusCode, 502);
  req.destroy();
});

test("a stop lets the requests under way finish", async () => {
  let finish: (() => void) | undefined;
  rig.upstream.answer = (_req, res) => {
    res.write("begun ");
    finish = () => void res.end("and done");
  };
  const answer = await fetch(`${rig.proxy.url}/x`);
  const closed = rig.proxy.close({ grace: 60_000 });
  finish?.();
  assert.is(await answer.text(), "begun and done");
  await closed;
  const refused = await fetch(`${rig.proxy.url}/x`).then(
    () => false,
    () => true,
  );
  assert.ok(refused);
});

test("once it stops, each answer says that its connection ends", async () => {
  const stopping = await startRig();
  const begun = Promise.withResolvers<() => void>();
  stopping.upstream.answer = (_req, res) => begun.resolve(() => void res.end("done"));
  const line = `GET /${stopping.token}/x HTTP/1.1\r\nhost: 127.0.0.1:${stopping.proxy.port}\r\n\r\n`;
  const answer = raw(stopping.proxy.port, line);
  const finish = await begun.promise;
  const closed = stopping.proxy.close({ grace: 60_000 });
  finish();
  assert.match(await answer, /^HTTP\/1\.1 200 OK\r\n(?:.*\r\n)*connection: close\r\n/i);
  await closed;
  await stopping.stop();
});

test.run();
