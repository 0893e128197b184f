/**
 * Uploads that a client breaks off, through a real nginx that speaks HTTP/2: none may reach the server behind it as a complete one.
 * undici ends the stream of such an upload instead of resetting it, so HTTP/2 is never offered to a listed server.
 */
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createProject, type Project } from "../../proxy/test/project.ts";
import { builtCommand } from "../built-command.ts";
import { type Child, startChild } from "../e2e/fixture/child.ts";
import { type NginxSites, startNginxSites } from "../e2e/fixture/nginx-sites.ts";
import { createWatch } from "../e2e/fixture/watch.ts";
import { type Authority, createAuthority } from "../servers/certificates.ts";
import { type ConnectProxy, startConnectProxy } from "../servers/connect-proxy.ts";
import { missing, nodeBinary } from "../servers/tools.ts";

const test = suite("uploads that are broken off", { missing: await missing("nginx", "node22", "node26") });

const root = fileURLToPath(new URL("../..", import.meta.url));
const programs = join(root, "test", "security", "programs");
const watch = createWatch();
/** A host that only the corporate proxy knows; to loopback nothing goes through one. */
const HOST = "mlflow.example.test";
const FAR = `https://${HOST}`;
const register = ["--import", "@mlflow-auth/core/register"];

/** What the server behind nginx got to see of an upload. */
interface Arrived {
  readonly path: string;
  /** What nginx, which takes HTTP/2 wherever it is offered, agreed upon with the client. */
  readonly protocol: string;
  complete: boolean | undefined;
}

const arrived: Arrived[] = [];
let server: Server;
let nginx: NginxSites<"streamed" | "buffered">;
let far: NginxSites<"far">;
let corporate: ConnectProxy;
let authority: Authority;
let project: Project;

test.before(async () => {
  server = createServer((req, res) => {
    const one: Arrived = { path: req.url ?? "", protocol: String(req.headers["x-protocol"]), complete: undefined };
    arrived.push(one);
    req.on("error", () => undefined);
    req.on("close", () => (one.complete = req.complete));
    req.on("end", () => res.end("taken"));
    req.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const behind = `location / { proxy_pass http://127.0.0.1:${(server.address() as AddressInfo).port}; proxy_set_header x-protocol "$server_protocol, $ssl_alpn_protocol";`;
  authority = await createAuthority();
  const sites = { streamed: `${behind} proxy_request_buffering off; }`, buffered: `${behind} }` };
  nginx = await startNginxSites(sites, await authority.issue());
  far = await startNginxSites({ far: sites.streamed }, await authority.issue({ host: HOST }));
  const port = Number(new URL(far.uris.far).port);
  corporate = await startConnectProxy({ routes: { [`${HOST}:443`]: port } });
  project = createProject();
  mkdirSync(join(project.folder, "node_modules", "@mlflow-auth"));
  symlinkSync(join(root, "core"), join(project.folder, "node_modules", "@mlflow-auth", "core"));
  symlinkSync(join(root, "test", "node_modules", "undici"), join(project.folder, "node_modules", "undici"));
  project.write("ca.pem", authority.cert);
  for (const name of ["break-off.mjs", "own-dispatcher.mjs"]) {
    project.write(name, readFileSync(join(programs, name), "utf8"));
  }
});
test.after(async () => {
  project.remove();
  await corporate.stop();
  await far.stop();
  await nginx.stop();
  server.closeAllConnections();
  server.close();
});

/** A server without `tls` in the file is reached through the program's own dispatcher, for the program trusts the authority by itself. */
const trusts = { "the program's dispatcher": false, "a dispatcher of ours": true };

/** @param options.ours see `trusts` */
function start(command: string[], { ours, env = {} }: { ours: boolean; env?: Record<string, string> }): Child {
  const tls = ours ? { tls: { ca: "ca.pem" } } : {};
  const servers = [...uris(), FAR].map((uri) => ({ uri, ...tls }));
  project.write("mlflow-auth.yaml", JSON.stringify({ version: 1, servers, plugins: { test: project.options } }));
  const { PATH = "", HOME = "" } = process.env;
  const own = { PATH, HOME, NODE_EXTRA_CA_CERTS: join(project.folder, "ca.pem"), ...env };
  return startChild(command, { cwd: project.folder, env: own, watch, timeout: 60 });
}

/** Prints what was tried and what became of it. Fails where anything arrived complete, or HTTP/2 was spoken. */
async function judge(what: string): Promise<void> {
  // The site that buffers sends nothing on of what it did not get whole. nginx tells of an end when it has noticed it itself.
  const over = () => arrived.length > 0 && arrived.every(({ complete }) => complete !== undefined);
  for (let waited = 0; waited < 10_000 && !over(); waited += 20) await sleep(20);
  const seen = arrived.splice(0);
  const passed = seen.filter(({ complete, protocol }) => complete !== false || protocol !== "HTTP/1.1, http/1.1");
  const verdict = passed.length === 0 ? "held  " : "PASSED";
  console.log(`${verdict} ${what}: of ${seen.length} uploads that arrived, ${passed.length} complete or over HTTP/2`);
  assert.ok(seen.length > 0, `${what}: nothing arrived`);
  assert.equal(passed, [], what);
}

const uris = () => Object.values<string>(nginx.uris);

/** The clients of one Node, each with the dispatcher that it is given. */
const clients: readonly (readonly [client: string, dispatcher: string, flags: readonly string[]])[] = [
  ["fetch", "default", register],
  ["undici-fetch", "default", register],
  ["undici-request", "default", register],
  ["undici-request, of a Node stream", "default", register],
  ["undici-request", "default", ["--import", "./own-dispatcher.mjs", ...register]],
  ["auth.fetch", "default", []],
  ["auth.fetch", "agent", []],
  ["auth.interceptor", "agent", []],
  ["auth.interceptor", "documented", []],
];

const nodes = {
  "Node 22.19": () => nodeBinary("node22"),
  "Node 24": () => process.execPath,
  "Node 26": () => nodeBinary("node26"),
};

for (const [node, binary] of Object.entries(nodes)) {
  for (const [whose, ours] of Object.entries(trusts)) {
    test(`${node}, ${whose}: no upload that breaks off in the program looks complete to the server`, async () => {
      for (const [client, dispatcher, flags] of clients) {
        const child = start([binary(), ...flags, "break-off.mjs", client, dispatcher, ...uris()], { ours });
        const { code, stderr } = await child.finished;
        assert.is(code, 0, stderr);
        const way = [...flags.filter((flag) => flag !== "--import"), client].join(" ");
        await judge(`${node}, ${whose}: ${way}, dispatcher: ${dispatcher}`);
      }
    });
  }
}

test("behind a corporate proxy: the same", async () => {
  const env = { HTTPS_PROXY: `http://${corporate.host}` };
  for (const [client, flags] of [
    ["fetch", register],
    ["undici-request", register],
    ["auth.fetch", []],
  ] as const) {
    const child = start([process.execPath, ...flags, "break-off.mjs", client, "default", FAR], { ours: true, env });
    const { code, stderr } = await child.finished;
    assert.is(code, 0, stderr);
    await judge(`behind a corporate proxy: ${client}`);
  }
  assert.ok(corporate.targets.length > 0);
});

for (const [name, headers] of Object.entries({
  "of declared length": { "content-length": 1024 * 1024 },
  "in chunks": {},
})) {
  test(`proxy and exec: no upload ${name} whose client goes away looks complete to the server`, async () => {
    for (const uri of uris()) {
      const child = start([process.execPath, builtCommand, "proxy", "--port", "0", "--server", uri], { ours: true });
      while (!child.stdout().includes("\n")) await sleep(10);
      await breakOff(`${child.stdout().trim()}/x`, headers);
      child.kill("SIGTERM");
      await child.finished;
    }
    await judge(`proxy, ${name}`);
    const [first = ""] = uris();
    const exec = [
      process.execPath,
      builtCommand,
      "exec",
      "--server",
      first,
      "--",
      "sh",
      "-c",
      "echo $MLFLOW_TRACKING_URI; exec sleep 60",
    ];
    const child = start(exec, { ours: true });
    while (!child.stdout().includes("\n")) await sleep(10);
    await breakOff(`${child.stdout().trim()}/x`, headers);
    child.kill("SIGTERM");
    await child.finished;
    await judge(`exec, ${name}`);
  });
}

/** Sends a part of an upload, and goes away. */
async function breakOff(url: string, headers: Record<string, number>): Promise<void> {
  const req = request(url, { method: "PUT", headers });
  req.on("error", () => undefined);
  req.write(Buffer.alloc(256 * 1024));
  // Long enough for nginx to have sent on the head.
  await sleep(100);
  req.destroy();
  await sleep(50);
}

test.run();
