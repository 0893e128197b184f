import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { Upload } from "../../src/http/upload.js";

const test = suite("a request's body on its way to the upstream");

/** A request of ten bytes of which `sent` have come so far. */
async function received(sent: string): Promise<{ client: Socket; req: IncomingMessage; stop(): void }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  client.on("error", () => {});
  client.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n${sent}`);
  const [req] = (await once(server, "request")) as [IncomingMessage];
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { client, req, stop };
}

test("comes whole and ends", async () => {
  const { req, stop } = await received("0123456789");
  let text = "";
  for await (const chunk of new Upload(req)) text += chunk;
  assert.is(text, "0123456789");
  stop();
});

for (const asked of ["before", "after"]) {
  test(`never ends well where the client went away ${asked} the rest was asked for`, async () => {
    const { client, req, stop } = await received("01234");
    const upload = new Upload(req);
    assert.is(String((await upload.next()).value), "01234");
    const early = asked === "before" ? undefined : upload.next();
    early?.catch(() => {});
    client.destroy();
    await new Promise((resolve) => req.once("close", resolve));
    const failed = await (early ?? upload.next()).then(
      () => false,
      () => true,
    );
    assert.ok(failed);
    stop();
  });
}

test("is not read before it is asked for", async () => {
  const { req, stop } = await received("0123456789");
  let begun = false;
  const upload = new Upload(req, {
    begin() {
      begun = true;
    },
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(begun, false);
  assert.is(req.isPaused(), true);
  await upload.next();
  assert.is(begun, true);
  stop();
});

test("given up while nobody asks for more, it is read to its end, too", async () => {
  const { req, stop } = await received("0123456789");
  const ended = once(req, "end");
  new Upload(req).discard();
  await ended;
  stop();
});

test("given up, it is read to its end, so that the connection gets free", async () => {
  const { client, req, stop } = await received("01234");
  const upload = new Upload(req);
  await upload.next();
  const pending = upload.next();
  upload.discard();
  assert.equal(await pending, { done: true, value: undefined });
  const ended = once(req, "end");
  client.write("56789");
  await ended;
  assert.is(req.complete, true);
  stop();
});

test.run();
