import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Rig, startRig, whole } from "../rig.js";

const test = suite("slow clients and slow servers");

/** Milliseconds. Nothing here fails because the machine is slow: what must happen is waited for. */
const SHORT = 100;

let rig: Rig;
test.beforeEach(async () => {
  rig = await startRig({ headTimeout: SHORT, idleTimeout: SHORT });
});
test.afterEach(() => rig.stop());

async function opened(text: string): Promise<Socket> {
  const socket = connect(rig.proxy.port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write(text.replace("TOKEN", rig.token).replace("HOST", `127.0.0.1:${rig.proxy.port}`));
  return socket;
}

const stalled: Record<string, string> = {
  "without a byte": "",
  "in the middle of its head": "GET /TOKEN/x HTTP/1.1\r\nhost: HO",
  "in the middle of a small body": "POST /TOKEN/x HTTP/1.1\r\nhost: HOST\r\ncontent-length: 10\r\n\r\nabc",
  "in the middle of an upload": "POST /TOKEN/x HTTP/1.1\r\nhost: HOST\r\ncontent-length: 1000000\r\n\r\nabc",
  "in the middle of a chunk": "POST /TOKEN/x HTTP/1.1\r\nhost: HOST\r\ntransfer-encoding: chunked\r\n\r\nff\r\nabc",
};

for (const [name, text] of Object.entries(stalled)) {
  test(`a client that stops ${name} is cut off`, async () => {
    const socket = await opened(text);
    socket.resume();
    await once(socket, "close");
    for (const { body } of rig.upstream.seen) assert.is(body.includes("abc") && body.length > 3, false);
  });
}

test("a client that stops reading is cut off", async () => {
  let cut: Promise<unknown> | undefined;
  rig.upstream.answer = (_req, res) => {
    cut = once(res, "close");
    const piece = Buffer.alloc(1024 * 1024);
    const more = () => {
      while (!res.destroyed && res.write(piece));
      res.once("drain", more);
    };
    more();
  };
  const socket = (await opened("GET /TOKEN/x HTTP/1.1\r\nhost: HOST\r\n\r\n")).pause();
  while (cut === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
  await cut;
  socket.destroy();
});

test("a server may think for longer than a client may stall", async () => {
  // This client must not be cut off, however slow the machine is.
  await rig.stop();
  rig = await startRig({ idleTimeout: 4 * SHORT });
  rig.upstream.answer = whole((_req, res) => void setTimeout(() => res.end("at last"), 10 * SHORT));
  for (const body of [undefined, "small", "x".repeat(200_000)]) {
    const answer = await fetch(`${rig.proxy.url}/x`, { method: "POST", body: body ?? null });
    assert.is(await answer.text(), "at last");
  }
});

test("a server may pause in the middle of its answer", async () => {
  await rig.stop();
  rig = await startRig({ idleTimeout: SHORT });
  rig.upstream.answer = whole((_req, res) => {
    res.write("one ");
    setTimeout(() => res.end("two"), 5 * SHORT);
  });
  assert.is(await (await fetch(`${rig.proxy.url}/x`)).text(), "one two");
});

test("clients that stall do not keep others waiting", async () => {
  const sockets = await Promise.all(
    Array.from({ length: 200 }, () => opened("POST /TOKEN/x HTTP/1.1\r\nhost: HOST\r\n")),
  );
  assert.is(await (await fetch(`${rig.proxy.url}/x`)).text(), "fine");
  for (const socket of sockets) socket.destroy();
});

test("a client has its own time for the head of a request, however long it may stall later", async () => {
  await rig.stop();
  rig = await startRig({ headTimeout: SHORT, idleTimeout: 60_000 });
  const socket = await opened("GET /TOKEN/x HTTP/1.1\r\nhost: HO");
  socket.resume();
  await once(socket, "close");
  assert.is(rig.upstream.seen.length, 0);
});

test("so it has for each further head of a connection, which may come byte by byte", async () => {
  await rig.stop();
  rig = await startRig({ headTimeout: SHORT, idleTimeout: 60_000 });
  const socket = await opened("GET /TOKEN/x HTTP/1.1\r\nhost: HOST\r\n\r\nGET /TOKEN/y HTTP/1.1\r\nx: ");
  socket.resume();
  await once(socket, "close");
  assert.equal(
    rig.upstream.seen.map(({ url }) => url),
    ["/x"],
  );
});

test.run();
