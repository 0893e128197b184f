import { once } from "node:events";
import { connect } from "node:net";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Rig, startRig } from "../rig.js";

const test = suite("what is read of an upload that is refused");

const BLOCK = 64 * 1024;
/** More than the system takes for us while nobody reads. */
const SIZE = 32 * 1024 * 1024;
/** What is dropped at most, with a piece that was on its way. The rest is the system's to keep. */
const MOST = 4 * BLOCK;

let rig: Rig;
test.before(async () => {
  rig = await startRig();
});
test.after(() => rig.stop());

interface Refused {
  readonly answer: string;
  /** Bytes of the upload that the proxy has read. */
  readonly read: number;
  /** Bytes that were written until the connection was over. */
  readonly written: number;
}

/** Uploads for as long as it is let, and takes the end of the answer for no reason to stop. */
async function upload(framing: string, admitted: boolean, size: number): Promise<Refused> {
  const host = `host: 127.0.0.1:${rig.proxy.port}`;
  const socket = connect({ port: rig.proxy.port, host: "127.0.0.1", allowHalfOpen: true });
  let answer = "";
  socket.setEncoding("latin1").on("data", (text: string) => {
    answer += text;
  });
  socket.on("error", () => undefined);
  if (admitted) {
    socket.write(`GET /${rig.token}/x HTTP/1.1\r\n${host}\r\n\r\n`);
    while (!answer.endsWith("fine")) await once(socket, "data");
    answer = "";
  }
  rig.traffic.bytes = 0;
  const closed = once(socket, "close");
  socket.write(`PUT /wrong HTTP/1.1\r\n${host}\r\n${framing}\r\n\r\n`);
  while (socket.bytesWritten - socket.writableLength < size && !socket.destroyed) {
    if (!socket.write("x".repeat(BLOCK))) await Promise.race([once(socket, "drain"), closed]).catch(() => undefined);
  }
  socket.end();
  await closed.catch(() => undefined);
  return { answer, read: rig.traffic.bytes, written: socket.bytesWritten };
}

for (const framing of [
  `content-length: ${SIZE * 2}`,
  "transfer-encoding: chunked",
  "expect: 100-continue\r\ncontent-length: 9",
]) {
  const name = framing.replace("\r\n", ", ");
  test(`${name}: of an outsider's hardly anything, and he waits for it`, async () => {
    const { answer, read, written } = await upload(framing, false, SIZE);
    assert.match(answer, /^HTTP\/1\.1 403 /);
    assert.ok(read <= MOST, `${read} bytes were read`);
    assert.ok(written < SIZE, `${written} bytes were taken`);
  });

  // One that waits is complete with its first bytes, so that it need not end the connection.
  if (name.startsWith("expect")) continue;
  test(`${name}: of a client's that has shown the token all, so that it sees the answer`, async () => {
    const { answer, written } = await upload(framing, true, SIZE);
    assert.match(answer, /^HTTP\/1\.1 403 /);
    assert.ok(written >= SIZE, `${written} bytes were taken`);
  });
}

test("a short one that comes in pieces is read whole, so that none is kept and its client is not reset", async () => {
  const pieces = 3;
  const socket = connect({ port: rig.proxy.port, host: "127.0.0.1", allowHalfOpen: true }).setNoDelay();
  socket.write(`PUT /wrong HTTP/1.1\r\nhost: 127.0.0.1:${rig.proxy.port}\r\ncontent-length: ${SIZE}\r\n\r\n`);
  const [answer] = await once(socket.setEncoding("latin1"), "data");
  assert.match(answer, /^HTTP\/1\.1 403 /);
  rig.traffic.bytes = 0;
  for (let piece = 1; piece <= pieces; piece++) {
    socket.write("x".repeat(1024));
    for (let look = 0; rig.traffic.bytes < piece * 1024 && look < 100; look++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  assert.is(rig.traffic.bytes, pieces * 1024);
  socket.destroy();
});

test.run();
