import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Rig, startRig } from "../rig.js";

const test = suite("how the connection of a refused request ends, alone and in a crowd");

/** Connections that make a crowd, with the one that is looked at. */
const CROWD = 16;
/** Milliseconds that a refused client has to wait in one. */
const WAIT = 1_000;

const requests = {
  "a request without a body": "GET /wrong HTTP/1.1\r\nhost: HOST\r\n\r\n",
  "an upload that waits for 100":
    "PUT /wrong HTTP/1.1\r\nhost: HOST\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n",
};
const upload = "PUT /wrong HTTP/1.1\r\nhost: HOST\r\ncontent-length: 90\r\n\r\n";

let rig: Rig;
test.before(async () => {
  rig = await startRig();
});
test.after(() => rig.stop());

/** A connection that the client leaves open, whatever the proxy does. */
async function open(): Promise<Socket> {
  const socket = connect({ port: rig.proxy.port, host: "127.0.0.1", allowHalfOpen: true }).setNoDelay();
  socket.on("error", () => undefined);
  closeAfterwards(() => socket.destroy());
  await once(socket, "connect");
  return socket;
}

async function answerOf(socket: Socket, request: string): Promise<string> {
  socket.write(request.replaceAll("HOST", `127.0.0.1:${rig.proxy.port}`));
  const [answer] = await once(socket.setEncoding("latin1"), "data");
  return answer;
}

async function withCrowd(others: number, run: () => Promise<void>): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: others }, open));
  try {
    await run();
  } finally {
    for (const socket of sockets) socket.destroy();
    await Promise.all(sockets.map((socket) => socket.closed || once(socket, "close")));
  }
}

for (const [name, request] of Object.entries(requests)) {
  test(`${name}, alone: its connection is closed with the answer, for nothing is lost`, async () => {
    const socket = await open();
    const ended = once(socket, "end");
    assert.match(await answerOf(socket, request), /^HTTP\/1\.1 403 /);
    await ended;
    rig.traffic.bytes = 0;
    // Nobody is there to take it, so that the system resets the connection, which the next write is told.
    while (!socket.closed) {
      socket.write("x");
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.is(rig.traffic.bytes, 0);
  });
}

const sending = {
  "an upload": upload,
  "an upload that waits for nothing, though it says so": `${requests["an upload that waits for 100"]}x`,
  "one request behind the other": requests["a request without a body"].repeat(2),
};
for (const [name, request] of Object.entries(sending)) {
  test(`${name}, alone: our side is closed, and what is on its way is read, for a reset would hide the answer`, async () => {
    const socket = await open();
    const ended = once(socket, "end");
    assert.match(await answerOf(socket, request), /^HTTP\/1\.1 403 /);
    await ended;
    rig.traffic.bytes = 0;
    socket.write("x".repeat(80));
    while (rig.traffic.bytes < 80 && !socket.closed) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.is(rig.traffic.bytes, 80);
    socket.destroy();
  });
}

for (const [name, request] of Object.entries({ ...requests, "an upload": upload })) {
  test(`${name}, in a crowd: has its answer at once, and waits for the end of its connection`, () =>
    withCrowd(CROWD, async () => {
      const begun = performance.now();
      const socket = await open();
      const ended = once(socket, "end");
      const answer = await answerOf(socket, request);
      assert.match(answer, /^HTTP\/1\.1 403 /);
      assert.match(answer, /\r\nconnection: close\r\n/i);
      const [, length] = /\r\ncontent-length: (\d+)\r\n/i.exec(answer) ?? [];
      assert.is(answer.split("\r\n\r\n")[1]?.length, Number(length));
      await ended;
      // A little less than promised: the two clocks round.
      assert.ok(performance.now() - begun > WAIT - 10, "it could connect anew at once");
    }));
}

test("who closes the connection in a crowd is let go", () =>
  withCrowd(CROWD, async () => {
    // On a busy machine once may take as long by itself.
    for (let left = 10; ; left--) {
      const socket = await open();
      await answerOf(socket, requests["a request without a body"]);
      const begun = performance.now();
      const closed = once(socket, "close");
      socket.end();
      await closed;
      if (performance.now() - begun < WAIT / 2) return;
      assert.ok(left > 0, "its descriptor is kept");
    }
  }));

test("who has shown the token is served in a crowd as ever, and refused as ever", () =>
  withCrowd(CROWD + 5, async () => {
    const socket = await open();
    const host = `host: 127.0.0.1:${rig.proxy.port}\r\n\r\n`;
    let answers = "";
    socket.setEncoding("latin1").on("data", (text: string) => {
      answers += text;
    });
    for (const [path, end] of [
      [`/${rig.token}/x`, "fine"],
      ["/wrong", '"}'],
      [`/${rig.token}/y`, "fine"],
    ]) {
      answers = "";
      socket.write(`GET ${path} HTTP/1.1\r\n${host}`);
      while (!answers.endsWith(end as string)) await once(socket, "data");
    }
    assert.match(answers, /^HTTP\/1\.1 200 /);
  }));

test.run();
