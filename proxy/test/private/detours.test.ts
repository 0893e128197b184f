/** Requests through the proxy that a plugin sends to other addresses of the server, or answers itself. */
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { detourModule, installAuthPlugin } from "../../../core/test/library/install-plugin.js";
import { createProject } from "../project.js";
import { openProxy, startUpstream, whole } from "../rig.js";

const test = suite("detours through the proxy");

async function detourRig() {
  const upstream = await startUpstream();
  const project = createProject();
  closeAfterwards(project.remove);
  installAuthPlugin(project, "detour", detourModule);
  const token = ["a", "token"].join("-");
  const config = { version: 1, trackingUri: upstream.uri, plugins: { detour: { token } } };
  const { proxy } = await openProxy(project, config, { upstream: upstream.uri });
  return { upstream, proxy, token };
}

test("the server is asked at its own address, and redirects and cookies lead the client to those of the proxy", async () => {
  const { upstream, proxy, token } = await detourRig();
  upstream.answer = whole((_req, res) => {
    res.writeHead(302, { location: "/inner/api/2.0/y?z=1", "set-cookie": "a=b; Path=/inner/api" }).end();
  });
  const answer = await fetch(`${proxy.url}/api/2.0/x?q=a+b`, { redirect: "manual" });
  const [seen] = upstream.seen;
  assert.equal([seen?.url, seen?.headers.authorization], ["/inner/api/2.0/x?q=a+b", `Bearer ${token}`]);
  assert.is(answer.headers.get("location"), `${proxy.url}/api/2.0/y?z=1`);
  assert.is(answer.headers.get("set-cookie"), `a=b; Path=${new URL(proxy.url).pathname}/api`);
  assert.is(answer.headers.get("x-handed-on"), "yes");
});

test("runs that are created at a rewritten address are noticed by the client's", async () => {
  const { upstream, proxy } = await detourRig();
  const run = { run: { info: { run_id: "r1", experiment_id: "7" } } };
  upstream.answer = whole((_req, res) =>
    res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(run)),
  );
  const url = `${proxy.url}/api/2.0/mlflow/runs/create`;
  await (await fetch(url, { method: "POST", body: '{"experiment_id":"7"}' })).text();
  assert.is(upstream.seen[0]?.url, "/inner/api/2.0/mlflow/runs/create");
  const created = JSON.stringify([...proxy.createdRuns.links]);
  assert.match(created, /r1/);
  assert.not.match(created, /inner/);
});

test("a plugin answers in the server's place, and of an upload that it does not take nothing is lost for the next request", async () => {
  const { upstream, proxy } = await detourRig();
  assert.is(await (await fetch(`${proxy.url}/mock`, { method: "POST", body: "small" })).text(), "POST 5");
  const upload = request(`${proxy.url}/mock`, { method: "PUT", headers: { "content-length": 3_000_000 } });
  upload.on("error", () => undefined).end(Buffer.alloc(3_000_000));
  const [answer] = (await once(upload, "response")) as [IncomingMessage];
  assert.is(Buffer.concat(await answer.toArray()).toString(), "PUT many");
  assert.is(upstream.seen.length, 0);
  assert.is(await (await fetch(`${proxy.url}/x`)).text(), "fine");
});

test("a server that is down is told as such, though a plugin looked at it", async () => {
  const { upstream, proxy } = await detourRig();
  await upstream.stop();
  const answer = await fetch(`${proxy.url}/x`);
  assert.is(answer.status, 502);
  assert.match(await answer.text(), /no answer from .* \(ECONNREFUSED\)/);
});

test.run();
