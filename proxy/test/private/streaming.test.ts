import { createHash } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { suite } from "@mlflow-auth/test/suite";
import { until } from "@mlflow-auth/test/until";
import * as assert from "uvu/assert";
import { head, type Rig, raw, startRig } from "../rig.js";

const test = suite("streaming");

const MIB = 1024 * 1024;
const LONG = 64 * MIB;

let rig: Rig;
test.beforeEach(async () => {
  rig = await startRig();
});
test.afterEach(() => rig.stop());

/** Bytes that differ all along, so that a lost or doubled piece shows. */
function* pieces(bytes: number): Generator<Buffer> {
  const piece = Buffer.alloc(256 * 1024);
  for (let sent = 0; sent < bytes; sent += piece.length) {
    piece.writeUInt32BE(sent, 0);
    yield Buffer.from(piece);
  }
}

function digestOf(bytes: number): string {
  const hash = createHash("sha256");
  for (const piece of pieces(bytes)) hash.update(piece);
  return hash.digest("hex");
}

async function digested(stream: IncomingMessage): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of stream) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

async function send(stream: NodeJS.WritableStream, bytes: number): Promise<void> {
  for (const piece of pieces(bytes)) if (!stream.write(piece)) await once(stream, "drain");
  stream.end();
}

for (const declared of [true, false]) {
  test(`64 MiB up, ${declared ? "of declared length" : "in chunks"}, arrive whole`, async () => {
    let received = "";
    rig.upstream.answer = async (req, res) => {
      received = await digested(req);
      res.end("done");
    };
    const headers = declared ? { "content-length": LONG } : {};
    const req = request(`${rig.proxy.url}/artifact`, { method: "PUT", headers });
    const [, [res]] = await Promise.all([send(req, LONG), once(req, "response")]);
    assert.is(res.statusCode, 200);
    res.resume();
    assert.is(received, digestOf(LONG));
  });

  test(`64 MiB down, ${declared ? "of declared length" : "in chunks"}, arrive whole`, async () => {
    rig.upstream.answer = (_req, res) => {
      if (declared) res.setHeader("content-length", LONG);
      void send(res, LONG);
    };
    const req = request(`${rig.proxy.url}/artifact`).end();
    const [res] = await once(req, "response");
    assert.is(await digested(res), digestOf(LONG));
  });
}

test("an upload that the upstream does not read waits at the client, not in memory", async () => {
  let upload: IncomingMessage | undefined;
  rig.upstream.answer = (req, res) => {
    upload = req.pause();
    req.on("end", () => res.end());
  };
  const socket = connect(rig.proxy.port, "127.0.0.1");
  socket.write(`PUT /${rig.token}/x HTTP/1.1\r\nhost: 127.0.0.1:${rig.proxy.port}\r\ncontent-length: ${LONG}\r\n\r\n`);
  const written = await fillUp((piece) => socket.write(piece), LONG);
  assert.ok(upload !== undefined, "it began");
  assert.ok(written < 24 * MIB, `${written / MIB} MiB were taken in`);
  socket.destroy();
});

test("a download that the client does not read waits at the upstream, not in memory", async () => {
  let written: Promise<number> | undefined;
  rig.upstream.answer = (_req, res) => {
    written = fillUp((piece) => res.write(piece), LONG);
  };
  const socket = connect(rig.proxy.port, "127.0.0.1").pause();
  socket.write(`GET /${rig.token}/x HTTP/1.1\r\nhost: 127.0.0.1:${rig.proxy.port}\r\n\r\n`);
  await until(() => written !== undefined);
  const taken = await (written as Promise<number>);
  assert.ok(taken < 24 * MIB, `${taken / MIB} MiB were taken in`);
  socket.destroy();
});

/** Writes until nothing more is taken for a while; the bytes that were. */
async function fillUp(write: (piece: Buffer) => boolean, limit: number): Promise<number> {
  let bytes = 0;
  let idle = 0;
  for (const piece of pieces(limit)) {
    bytes += piece.length;
    if (write(piece)) continue;
    // A full buffer that empties within the time of many turns was only busy.
    const before = bytes;
    for (idle = 0; idle < 50 && bytes === before; idle++) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (write(Buffer.alloc(0))) break;
    }
    if (idle === 50) return bytes;
  }
  return bytes;
}

test("the head of an answer does not wait for its body", async () => {
  let finish: (() => void) | undefined;
  rig.upstream.answer = (_req, res) => {
    res.writeHead(200, { "content-type": "text/event-stream" });
    res.flushHeaders();
    finish = () => res.end("data: 1\n\n");
  };
  const answer = await fetch(`${rig.proxy.url}/events`);
  assert.is(answer.headers.get("content-type"), "text/event-stream");
  finish?.();
  assert.is(await answer.text(), "data: 1\n\n");
});

test("each piece of an answer goes on when it comes", async () => {
  let next: (text: string) => void = () => {};
  rig.upstream.answer = (_req, res) => {
    next = (text) => void res.write(text);
    next("one");
  };
  const req = request(`${rig.proxy.url}/events`).end();
  const [res] = (await once(req, "response")) as [IncomingMessage];
  assert.is(String((await once(res, "data"))[0]), "one");
  next("two");
  assert.is(String((await once(res, "data"))[0]), "two");
  req.destroy();
});

test("each piece of an upload goes on when it comes", async () => {
  let upload: IncomingMessage | undefined;
  rig.upstream.answer = (req) => {
    upload = req;
  };
  const req = request(`${rig.proxy.url}/x`, { method: "POST" });
  req.on("error", () => {});
  req.write("one");
  await until(() => upload !== undefined);
  assert.is(String((await once(upload as IncomingMessage, "data"))[0]), "one");
  req.write("two");
  assert.is(String((await once(upload as IncomingMessage, "data"))[0]), "two");
  req.destroy();
});

for (const length of [LONG, undefined]) {
  test(`an answer before the upload is complete (${length ? "declared" : "chunked"}) gets through, and the connection ends`, async () => {
    rig.upstream.answer = (_req, res) => {
      res.writeHead(413, { "content-length": 9 });
      res.end("too large");
    };
    const headers = length === undefined ? {} : { "content-length": length };
    const req = request(`${rig.proxy.url}/x`, { method: "PUT", headers });
    req.on("error", () => {});
    req.write(Buffer.alloc(256 * 1024));
    const [res] = (await once(req, "response")) as [IncomingMessage];
    assert.is(res.statusCode, 413);
    assert.is(res.headers.connection, "close");
    assert.is(String((await once(res, "data"))[0]), "too large");
    req.destroy();
    // The proxy goes on working for others.
    rig.upstream.answer = (_req, res) => res.end("next");
    assert.is(await (await fetch(`${rig.proxy.url}/x`)).text(), "next");
  });
}

test("a client that sends all of its upload before it reads gets the early answer", async () => {
  rig.upstream.answer = (_req, res) => res.writeHead(401).end("refused");
  const bytes = 8 * MIB;
  const socket = connect(rig.proxy.port, "127.0.0.1").pause();
  socket.write(`PUT /${rig.token}/x HTTP/1.1\r\nhost: 127.0.0.1:${rig.proxy.port}\r\ncontent-length: ${bytes}\r\n\r\n`);
  for (const piece of pieces(bytes)) if (!socket.write(piece)) await once(socket, "drain");
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk;
  });
  socket.resume();
  await once(socket, "close");
  assert.match(answer, /^HTTP\/1\.1 401 /);
  assert.match(answer, /refused/);
});

test("a client that expects 100 Continue is told to go on only once the request is let through", async () => {
  let received = 0;
  rig.upstream.answer = (req, res) => {
    assert.is(req.headers.expect, undefined);
    req.on("data", (chunk: Buffer) => {
      received += chunk.length;
    });
    req.on("end", () => res.end("done"));
  };
  const req = request(`${rig.proxy.url}/x`, {
    method: "PUT",
    headers: { expect: "100-continue", "content-length": MIB },
  });
  req.flushHeaders();
  await once(req, "continue");
  req.end(Buffer.alloc(MIB));
  const [res] = (await once(req, "response")) as [IncomingMessage];
  assert.is(res.statusCode, 200);
  assert.is(received, MIB);

  const refused = await raw(
    rig.proxy.port,
    head("PUT /wrong/x", [`host: 127.0.0.1:${rig.proxy.port}`, "expect: 100-continue", "content-length: 5"]),
  );
  assert.match(refused, /^HTTP\/1\.1 403 /);
});

test.run();
