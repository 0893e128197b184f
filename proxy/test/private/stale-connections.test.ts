/** Connections to the upstream that were kept alive and break as the next request is sent. */
import { type AddressInfo, createServer, type Socket } from "node:net";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { startRig } from "../rig.js";

const test = suite("connections that were kept alive");

/** A server that answers each connection's first request, and breaks off at its second. `fresh`: it breaks off at once. */
async function stale(end: (socket: Socket) => unknown) {
  const seen: string[] = [];
  const state = { fresh: false };
  const server = createServer((socket) => {
    let requests = 0;
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      seen.push(chunk.toString("latin1").split(" ", 1)[0] as string);
      if (requests++ > 0 || state.fresh) end(socket);
      else socket.write("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closeAfterwards(() => server.close());
  const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const rig = await startRig({ servers: [{ uri, auth: [] }] });
  const url = rig.proxy.urlFor(uri) as string;
  const send = async (method: string, body?: string) => {
    const answer = await fetch(`${url}/x`, { method, ...(body === undefined ? {} : { body }) });
    await answer.arrayBuffer();
    return answer.status;
  };
  return { seen, state, send, stop: rig.stop };
}

for (const [how, end] of Object.entries({
  reset: (socket: Socket) => socket.resetAndDestroy(),
  closed: (socket: Socket) => socket.end(),
})) {
  test(`a GET without a body is sent once more, on a new connection, when one that was kept alive is ${how}`, async () => {
    const { seen, send, stop } = await stale(end);
    for (let round = 0; round < 5; round++) assert.is(await send("GET"), 200);
    assert.is(await send("HEAD"), 200);
    // Which of its connections undici takes is its own affair; the first of each answers.
    assert.ok(seen.length > 6, `nothing was sent again: ${seen.join(" ")}`);
    await stop();
  });

  test(`with many that are ${how} at once it ends with a new one all the same`, async () => {
    const { send, stop } = await stale(end);
    await Promise.all(Array.from({ length: 20 }, () => send("GET")));
    assert.is(await send("GET"), 200);
    await stop();
  });

  test(`what may change something is sent once: a kept connection that is ${how} is a 502`, async () => {
    for (const [method, body] of [
      ["POST", "x"],
      ["PUT", undefined],
      ["DELETE", undefined],
      ["POST", "x".repeat(100_000)],
    ] as const) {
      const { seen, send, stop } = await stale(end);
      assert.is(await send("GET"), 200);
      assert.is(await send(method, body), 502, method);
      assert.is(seen.filter((one) => one === method).length, 1, method);
      await stop();
    }
  });

  test(`a new connection that is ${how} is a 502 at once`, async () => {
    const { seen, state, send, stop } = await stale(end);
    state.fresh = true;
    assert.is(await send("GET"), 502);
    assert.equal(seen, ["GET"]);
    await stop();
  });
}

test.run();
