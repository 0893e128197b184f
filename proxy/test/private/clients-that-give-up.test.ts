import { type ClientRequest, request } from "node:http";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Rig, startRig } from "../rig.js";

const test = suite("clients that give up, as a closed tab or `curl -m 1`");

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

/** What is sent before the client goes away, and what it goes away from: the state of its request at the server. */
const requests: Record<string, (url: string) => ClientRequest> = {
  "a request that waits for its answer": (url) => request(url).end(),
  "an upload on its way": (url) => {
    const upload = request(url, { method: "PUT", headers: { "content-length": 8 * 1024 * 1024 } });
    upload.write(Buffer.alloc(1024 * 1024));
    return upload;
  },
  "an answer on its way": (url) => request(`${url}?begun`).end(),
};

/** A proxy over one connection, whose server notes which of its requests have ended before their answer. */
async function start(): Promise<{ rig: Rig; broken: string[] }> {
  const broken: string[] = [];
  const rig = await startRig({
    connections: 1,
    answer(req, res, { url }) {
      // A socket whose bytes nobody reads does not tell that it was closed.
      req.resume();
      if (url.endsWith("next")) res.end("fine");
      else if (url.endsWith("begun")) res.write("begun");
      res.on("close", () => void (res.writableFinished || broken.push(url)));
    },
  });
  return { rig, broken };
}

const complaints = ({ logged }: Rig) => logged.filter((line) => /no answer|can't be passed on|has waited/.test(line));

for (const [what, send] of Object.entries(requests)) {
  test(`${what}: no outage of the server, no warning, and the next client is served`, async () => {
    const { rig, broken } = await start();
    const client = send(`${rig.proxy.url}/x`).on("error", () => undefined);
    if (what.startsWith("an answer")) await new Promise((resolve) => client.once("response", resolve));
    while (rig.upstream.seen.length === 0) await turn();
    client.destroy();
    while (broken.length === 0) await turn();
    assert.is(await (await fetch(`${rig.proxy.url}/next`)).text(), "fine");
    assert.equal(complaints(rig), []);
  });
}

test("one that waited for a connection is never sent", async () => {
  const { rig } = await start();
  const first = request(`${rig.proxy.url}/x`).on("error", () => undefined);
  first.end();
  while (rig.upstream.seen.length === 0) await turn();
  const second = request(`${rig.proxy.url}/never`).on("error", () => undefined);
  second.end();
  while (rig.proxy.uses < 2) await turn();
  second.destroy();
  await new Promise((resolve) => second.once("close", resolve));
  first.destroy();
  assert.is(await (await fetch(`${rig.proxy.url}/next`)).text(), "fine");
  assert.equal(
    rig.upstream.seen.map(({ url }) => url),
    ["/x", "/next"],
  );
  assert.equal(complaints(rig), []);
});

test.run();
