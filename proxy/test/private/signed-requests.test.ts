/** Requests through the proxy to a server whose plugin signs them. */
import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { installAuthPlugin, signerModule } from "../../../core/test/library/install-plugin.js";
import { createProject } from "../project.js";
import { openProxy } from "../rig.js";

const test = suite("signed requests through the proxy");
const MiB = 1024 * 1024;

/** A proxy before a server that takes only what is signed with the key `accepted`. */
async function signingRig(options: { longBodies?: "refuse" } = {}) {
  const state = { accepted: "first", refused: 0, cut: 0 };
  const server = createServer(async (req, res) => {
    const { method = "", url = "", headers } = req;
    const hash = createHash("sha256");
    try {
      for await (const chunk of req) hash.update(chunk);
    } catch {
      state.cut++;
      return;
    }
    const text = [method, url, headers.host, headers["content-length"] ?? "", hash.digest("hex")].join("\n");
    const isFine = headers["x-signature"] === createHmac("sha256", state.accepted).update(text).digest("hex");
    if (!isFine) state.refused++;
    res.writeHead(isFine ? 200 : 401).end(isFine ? `${headers["content-length"] ?? 0} bytes` : text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closeAfterwards(() => server.closeAllConnections());
  closeAfterwards(() => server.close());
  const project = createProject();
  closeAfterwards(project.remove);
  installAuthPlugin(project, "signer", signerModule);
  const key = project.write("key", state.accepted);
  const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = { version: 1, trackingUri: uri, plugins: { signer: { file: key, ...options } } };
  const { proxy } = await openProxy(project, config, { upstream: uri });
  const rotate = (to: string) => {
    state.accepted = to;
    project.write("key", to);
  };
  return { state, proxy, rotate };
}

/** @param length undefined: in chunks */
async function put(url: string, bytes: number, length?: number): Promise<string> {
  const headers = length === undefined ? {} : { "content-length": length };
  const req = request(url, { method: "PUT", headers, agent: false });
  req.end(Buffer.alloc(bytes, "x"));
  const [res] = (await once(req, "response")) as [IncomingMessage];
  return `${res.statusCode} ${Buffer.concat(await res.toArray())}`;
}

test("a GET, a small POST and uploads with a length and in chunks arrive as they were signed", async () => {
  const { proxy } = await signingRig();
  assert.is(await (await fetch(`${proxy.url}/x%20y?q=a+b`)).text(), "0 bytes");
  assert.is(await (await fetch(`${proxy.url}/x`, { method: "POST", body: "small" })).text(), "5 bytes");
  for (const bytes of [100_000, 5 * MiB]) {
    assert.is(await put(`${proxy.url}/x`, bytes, bytes), `200 ${bytes} bytes`);
    assert.is(await put(`${proxy.url}/x`, bytes), `200 ${bytes} bytes`);
  }
});

test("a long upload that meets a rotated key is sent again with a new signature, and its client notices nothing", async () => {
  const { proxy, rotate, state } = await signingRig();
  assert.is(await put(`${proxy.url}/x`, 10), "200 10 bytes");
  rotate("second");
  assert.is(await put(`${proxy.url}/x`, 5 * MiB, 5 * MiB), `200 ${5 * MiB} bytes`);
  assert.is(state.refused, 1);
});

test("an upload that is too long for the plugin gets 424 with the reason, however its client sends it", async () => {
  const { proxy, state } = await signingRig({ longBodies: "refuse" });
  for (const length of [2 * MiB, undefined]) {
    const answer = await put(`${proxy.url}/x`, 2 * MiB, length);
    assert.match(answer, /^424 .*BODY_UNSIGNABLE.*longer than 1 MiB.*Try this: /);
  }
  assert.is(state.refused + state.cut, 0);
});

test("an upload that its client breaks off reaches the server in no form", async () => {
  const { proxy, state } = await signingRig();
  const { port, pathname } = new URL(proxy.url);
  const socket = connect(Number(port), "127.0.0.1");
  await once(socket, "connect");
  socket.write(`PUT ${pathname}/x HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-length: ${3 * MiB}\r\n\r\n`);
  socket.write(Buffer.alloc(2 * MiB, "x"), () => socket.destroy());
  await once(socket, "close");
  assert.is(await put(`${proxy.url}/x`, 10), "200 10 bytes");
  assert.equal([state.refused, state.cut], [0, 0]);
});

test.run();
