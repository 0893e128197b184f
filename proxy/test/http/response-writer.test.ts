import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { badRequest } from "../../src/http/refusal.js";
import { ResponseWriter, refuse } from "../../src/http/response-writer.js";
import { head, raw } from "../rig.js";

const test = suite("how an answer is written");

/** What a client gets from a server that answers its one request so. */
async function answered(answer: (req: IncomingMessage, res: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await raw((server.address() as AddressInfo).port, head("GET /", ["host: x"]));
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const controller = { pause() {}, resume() {}, abort() {} } as never;

function writerFor(req: IncomingMessage, res: ServerResponse, patience?: number): ResponseWriter {
  return new ResponseWriter({
    req,
    res,
    upload: undefined,
    rewriting: { sent: (_key, value) => value, returned: (_name, value) => value },
    readings: [],
    closing: () => true,
    answered: () => undefined,
    again: () => false,
    failed: () => assert.unreachable(),
    brokeOff: () => assert.unreachable(),
    patience,
  });
}

/** All that is written to the connection of a response from now on. */
function writesTo({ socket }: ServerResponse): unknown[] {
  const writes: unknown[] = [];
  const write = socket?.write.bind(socket) as (...args: unknown[]) => boolean;
  Object.assign(socket as object, {
    write(...args: unknown[]) {
      if (args[0] !== "") writes.push(args[0]);
      return write(...args);
    },
  });
  return writes;
}

const framings: Record<string, (length: number) => Record<string, string>> = {
  "a declared length": (length) => ({ "content-length": String(length) }),
  "no declared length": () => ({}),
};

for (const [framing, headersOf] of Object.entries(framings)) {
  for (const [name, chunks] of Object.entries({
    "one small piece": [bytes],
    "several small pieces": [bytes, bytes, bytes],
    "a large piece": [Buffer.alloc(100_000, bytes)],
    "a small piece and a large one": [bytes, Buffer.alloc(100_000, bytes)],
    nothing: [],
  })) {
    const whole = Buffer.concat(chunks);
    test(`a body of ${name}, with ${framing}, that comes with its head arrives byte for byte`, async () => {
      const answer = await answered((req, res) => {
        const writer = writerFor(req, res);
        writer.onRequestStart(controller);
        writer.onResponseStart(controller, 200, headersOf(whole.length));
        for (const chunk of chunks) writer.onResponseData(controller, chunk);
        writer.onResponseEnd();
      });
      const [head = "", ...rest] = answer.split("\r\n\r\n");
      assert.match(head, /^HTTP\/1\.1 200 OK\r\n/);
      const body = rest.join("\r\n\r\n");
      assert.ok((/transfer-encoding: chunked/i.test(head) ? unchunked(body) : body) === whole.toString("latin1"));
    });
  }
}

function unchunked(body: string): string {
  const [, size = "0"] = /^([\da-f]+)\r\n/.exec(body) ?? [];
  const length = Number.parseInt(size, 16);
  if (length === 0) return "";
  const start = size.length + 2;
  return body.slice(start, start + length) + unchunked(body.slice(start + length + 2));
}

test("a small answer that comes at once goes out in one piece with its head", async () => {
  let writes: unknown[] = [];
  await answered((req, res) => {
    writes = writesTo(res);
    const writer = writerFor(req, res);
    writer.onResponseStart(controller, 200, { "content-length": "256" });
    writer.onResponseData(controller, bytes);
    writer.onResponseEnd();
  });
  assert.is(writes.length, 1);
});

test("the head of a short answer waits for all of its body, so that a client never has half of it", async () => {
  let writes: unknown[] = [];
  let before: number | undefined;
  const answer = await answered(async (req, res) => {
    const later = () => new Promise((resolve) => setImmediate(resolve));
    writes = writesTo(res);
    const writer = writerFor(req, res);
    writer.onResponseStart(controller, 200, { "content-length": "512" });
    await later();
    writer.onResponseData(controller, bytes);
    await later();
    writer.onResponseData(controller, bytes);
    before = writes.length;
    writer.onResponseEnd();
  });
  assert.equal([before, writes.length], [0, 1]);
  assert.ok(answer.endsWith(`\r\n\r\n${bytes.toString("latin1").repeat(2)}`));
});

test("it does not wait for ever, nor for a long body", async () => {
  for (const [length, patience] of [
    [512, 1],
    [65_537, undefined],
  ] as const) {
    let writes: unknown[] = [];
    await answered(async (req, res) => {
      writes = writesTo(res);
      const writer = writerFor(req, res, patience);
      writer.onResponseStart(controller, 200, { "content-length": String(length) });
      writer.onResponseData(controller, bytes);
      while (writes.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      res.destroy();
    }).catch(() => undefined);
    assert.ok(String(writes[0]).startsWith("HTTP/1.1 200 OK\r\n"));
  }
});

test("a small piece waits for the end of its tick, and not for the end of the answer", async () => {
  const written: string[] = [];
  await answered((req, res) => {
    const write = res.write.bind(res);
    res.write = ((chunk: Buffer) => {
      written.push(String(chunk));
      return write(chunk);
    }) as typeof res.write;
    const writer = writerFor(req, res);
    writer.onResponseStart(controller, 200, {});
    writer.onResponseData(controller, Buffer.from("begun"));
    written.push("the same tick ends");
    setImmediate(() => {
      written.push("the next begins");
      writer.onResponseData(controller, Buffer.from(" over"));
      writer.onResponseEnd();
    });
  });
  assert.equal(written, ["the same tick ends", "begun", "the next begins", " over"]);
});

test("a client that takes its time holds the upstream up, and lets it go on once", async () => {
  const calls: string[] = [];
  const slow = {
    pause: () => void calls.push("pause"),
    resume: () => void calls.push("resume"),
    abort: () => undefined,
  } as never;
  const piece = Buffer.alloc(1024 * 1024);
  await answered((req, res) => {
    const writer = writerFor(req, res);
    writer.onRequestStart(slow);
    writer.onResponseStart(slow, 200, {});
    for (let i = 0; i < 3; i++) writer.onResponseData(slow, piece);
    res.once("drain", () => setImmediate(() => writer.onResponseEnd()));
  });
  assert.equal(calls, ["pause", "pause", "pause", "resume"]);
});

test("an answer that can't be written is one that the server has given, and the rest of it is cut off", async () => {
  const calls: string[] = [];
  await answered((req, res) => {
    const writer = new ResponseWriter({
      req,
      res,
      upload: undefined,
      rewriting: { sent: (_key, value) => value, returned: (_name, value) => value },
      readings: [],
      closing: () => {
        throw new Error("can't be written");
      },
      answered: () => assert.unreachable(),
      again: () => {
        throw new Error("sent again");
      },
      brokeOff: () => assert.unreachable(),
      failed: (error, begun) => {
        calls.push(`${error}, begun: ${begun}`);
        res.end();
      },
    });
    const controller = { abort: (reason: Error) => calls.push(`aborted: ${reason}`) } as never;
    writer.onRequestStart(controller);
    writer.onResponseStart(controller, 200, {});
    writer.onResponseData(controller, Buffer.from("x"));
    writer.onResponseEnd();
  });
  const reason = "Error: can't be written";
  assert.equal(calls, [`${reason}, begun: true`, `aborted: ${reason}`]);
});

test("a refusal has a phrase of its own, whatever was there before", async () => {
  const answer = await answered((req, res) => {
    res.statusMessage = "€";
    refuse(req, res, badRequest("no"));
  });
  assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/);
  assert.match(answer, /"message":"mlflow-auth proxy: no"/);
});

test.run();
