import { loadMlflowAuth } from "@mlflow-auth/core";
import { withVariables } from "@mlflow-auth/test/process-variables";
import { suite } from "@mlflow-auth/test/suite";
import { Agent, request } from "undici";
import * as assert from "uvu/assert";
import { type Authority, createAuthority } from "../servers/certificates.ts";
import { type ConnectProxy, startConnectProxy } from "../servers/connect-proxy.ts";
import { callsOf } from "./outcomes.ts";
import { canary, createSite, type Site } from "./site.ts";
import { type Outcome, ways } from "./ways.ts";

const test = suite("corporate proxies");

/** Names that no resolver knows: a request that does not go through the proxy fails. */
const LISTED = "mlflow.example.test";
const CLEAR = "clear.example.test";

let site: Site;
let authority: Authority;
let proxy: ConnectProxy;
let routes: Record<string, number>;
let ca: string;
let direct: string;

test.before(async () => {
  site = await createSite();
  authority = await createAuthority();
  ca = site.files("ca", authority).cert;
  const port = (address: string) => Number(new URL(address).port);
  const named = await site.front(await authority.issue({ host: LISTED }));
  direct = (await site.front(await authority.issue())).address;
  routes = {
    [`${LISTED}:443`]: port(named.address),
    [`${LISTED}:8443`]: port(named.address),
    [`${CLEAR}:80`]: site.server.port,
  };
  proxy = await startConnectProxy({ routes });
});
test.after(async () => {
  await proxy.stop();
  await site.stop();
});
test.beforeEach(() => {
  proxy.refuse(undefined);
  for (const list of [proxy.targets, proxy.heard, site.server.received]) list.length = 0;
});

const { call, failed, ...calls } = callsOf(() => site);

/** The server got the credential, and the proxy none of it. */
function answered(way: string, outcome: Outcome, path?: string): void {
  calls.answered(way, outcome, path);
  for (const heard of proxy.heard) assert.not.match(heard, canary, way);
}

const through = { HTTPS_PROXY: "", HTTP_PROXY: "" };
test.before(() => {
  through.HTTPS_PROXY = through.HTTP_PROXY = `http://${proxy.host}`;
});

for (const way of Object.keys(ways)) {
  test(`${way}: HTTPS_PROXY carries the request, and hears no more than where to`, async () => {
    site.configure({ uri: `https://${LISTED}`, tls: { ca } }, { uri: `https://${LISTED}:8443/base`, tls: { ca } });
    answered(way, await call(way, `https://${LISTED}`, through));
    answered(way, await call(way, `https://${LISTED}:8443/base`, through), "/base/api");
    assert.equal(proxy.targets, [`${LISTED}:443`, `${LISTED}:8443`]);
    for (const target of proxy.targets) {
      assert.ok(proxy.tunnelled(target).length > 100, target);
      assert.not.match(proxy.tunnelled(target), canary);
    }
  });

  test(`${way}: loopback never goes through it, and NO_PROXY is heeded`, async () => {
    const byName = direct.replace("127.0.0.1", "localhost");
    site.configure(...[direct, byName].map((uri) => ({ uri, tls: { ca } })), { uri: `https://${LISTED}`, tls: { ca } });
    answered(way, await call(way, direct, through));
    answered(way, await call(way, byName, through));
    failed(way, await call(way, `https://${LISTED}`, { ...through, NO_PROXY: "other.test, .example.test" }));
    assert.equal(proxy.heard, []);
  });

  test(`${way}: a proxy that refuses is named, with what to do`, async () => {
    site.configure({ uri: `https://${LISTED}`, tls: { ca } });
    for (const [status, pattern] of [
      [407, /it answered 407.*wants a user and a password.*HTTPS_PROXY, as http:\/\/USER:PASSWORD@/s],
      [502, /it answered 502.*finds no way to the server/s],
      [0, /the proxy \S+ \(HTTPS_PROXY\) can't be reached: UND_ERR_SOCKET/],
    ] as const) {
      proxy.refuse(status);
      failed(`${way} ${status}`, await call(way, `https://${LISTED}`, through), /HTTP_PROXY/, pattern);
    }
  });

  test(`${way}: an http server that is listed with allowInsecure is reached by CONNECT too`, async () => {
    site.configure({ uri: `http://${CLEAR}`, allowInsecure: true });
    answered(way, await call(way, `http://${CLEAR}`, through));
    assert.equal(proxy.targets, [`${CLEAR}:80`]);
  });
}

for (const way of Object.keys(ways)) {
  test(`${way}: a credential in Proxy-Authorization reaches the server, with or without a tunnel, and never the proxy`, async () => {
    site.project.setCredential(`Proxy-Authorization: Bearer ${canary}`);
    const strict = await startConnectProxy({ routes, credentials: "pat:word" });
    try {
      site.configure(
        { uri: `https://${LISTED}`, tls: { ca } },
        { uri: `http://${CLEAR}`, allowInsecure: true },
        { uri: direct, tls: { ca } },
      );
      const address = `http://pat:word@${strict.host}`;
      for (const uri of [`https://${LISTED}`, `http://${CLEAR}`, direct]) {
        const outcome = await call(way, uri, { HTTPS_PROXY: address, HTTP_PROXY: address });
        assert.is(outcome.status, 200, `${way} ${uri}: ${outcome.told}`);
        const received = site.server.received.splice(0).map(({ headers }) => headers["proxy-authorization"]);
        assert.equal(received, [`Bearer ${canary}`], `${way} ${uri}`);
      }
      const tunnels = [`${LISTED}:443`, `${CLEAR}:80`];
      assert.equal(strict.targets, tunnels);
      for (const heard of strict.heard) {
        assert.not.match(heard, canary, way);
        assert.match(heard, `Basic ${Buffer.from("pat:word").toString("base64")}`);
      }
    } finally {
      site.project.setCredential(canary);
      await strict.stop();
    }
  });
}

test("of several headers of one name all go through a tunnel", async () => {
  site.configure({ uri: `https://${LISTED}`, tls: { ca } });
  const auth = await loadMlflowAuth({ cwd: site.project.folder, env: through });
  const headers = ["X-Same", "1", "X-Same", "2"];
  const dispatcher = new Agent().compose(auth.interceptor);
  await (await request(`https://${LISTED}/x`, { dispatcher, headers })).body.dump();
  assert.is(site.server.received[0]?.headers["x-same"], "1, 2");
  assert.is(site.server.received[0]?.headers.host, LISTED);
  await auth.close();
  await dispatcher.close();
});

test("credentials in the proxy's URL are for the proxy alone", async () => {
  const strict = await startConnectProxy({ routes, credentials: "pat:p@ss w%rd" });
  try {
    site.configure({ uri: `https://${LISTED}`, tls: { ca } });
    const url = `http://pat:${encodeURIComponent("p@ss w%rd")}@${strict.host}`;
    answered("library", await call("library", `https://${LISTED}`, { HTTPS_PROXY: url }));
    assert.is(site.server.received[0]?.headers["proxy-authorization"], undefined);
    const wrong = `http://pat:secret-of-pat@${strict.host}`;
    const outcome = await call("library", `https://${LISTED}`, { HTTPS_PROXY: wrong });
    failed("library", outcome, /407/, /did not accept the user and password/);
    assert.not.match(outcome.told, "secret-of-pat");
  } finally {
    await strict.stop();
  }
});

test("a proxy that speaks TLS is checked with the system's authorities, not with the server's", async () => {
  const secure = await startConnectProxy({ routes, certificate: await authority.issue() });
  try {
    site.configure({ uri: `https://${LISTED}`, tls: { ca } });
    const env = { HTTPS_PROXY: `https://localhost:${secure.port}` };
    failed("library", await call("library", `https://${LISTED}`, env), /HTTP_PROXY .*UNABLE_TO_VERIFY/);
    const trusting = { ...env, NODE_EXTRA_CA_CERTS: ca };
    answered("register", await call("register", `https://${LISTED}`, trusting));
  } finally {
    await secure.stop();
  }
});

test("a proxy that is down", async () => {
  const gone = await startConnectProxy({ routes });
  await gone.stop();
  site.configure({ uri: `https://${LISTED}`, tls: { ca } });
  const outcome = await call("library", `https://${LISTED}`, { HTTPS_PROXY: `http://${gone.host}` });
  failed("library", outcome, /HTTP_PROXY the proxy \S+ \(HTTPS_PROXY\) can't be reached: ECONNREFUSED/, /NO_PROXY/);
});

test("the lower-case spelling wins; a scheme may be left out; a value that names no proxy is refused unquoted", async () => {
  site.configure({ uri: `https://${LISTED}`, tls: { ca } });
  const library = (env: Record<string, string>) => call("library", `https://${LISTED}`, env);
  answered("both", await library({ https_proxy: through.HTTPS_PROXY, HTTPS_PROXY: "http://127.0.0.1:1" }));
  answered("no scheme", await library({ HTTPS_PROXY: proxy.host }));
  failed("switched off", await library({ https_proxy: "", ...through }), /ENOTFOUND|EAI_AGAIN/);
  for (const value of ["socks5://u:hunter2@127.0.0.1:1", "http://u:hunter2@:x", "http://"]) {
    const outcome = await library({ HTTPS_PROXY: value });
    failed(value, outcome, /HTTP_PROXY the variable HTTPS_PROXY names no http or https proxy/);
    assert.not.match(outcome.told, "hunter2");
  }
});

test("a wrong certificate behind a proxy is the server's fault, and told as that", async () => {
  site.configure({ uri: `https://${LISTED}` });
  failed("library", await call("library", `https://${LISTED}`, through), /SERVER_TLS .*not trusted here/);
});

test("a client certificate is for the server behind the proxy", async () => {
  const front = await site.front(await authority.issue({ host: LISTED }), authority.cert);
  const secure = await startConnectProxy({ routes: { [`${LISTED}:443`]: Number(new URL(front.address).port) } });
  try {
    const files = site.files("client", await authority.issue({ client: "behind" }));
    site.configure({ uri: `https://${LISTED}`, tls: { ca, ...files } });
    answered("library", await call("library", `https://${LISTED}`, { HTTPS_PROXY: `http://${secure.host}` }));
    assert.equal(front.clients, ["behind"]);
  } finally {
    await secure.stop();
  }
});

test("the environment that counts is the one given, not the process's", async () => {
  const config = site.configure({ uri: `https://${LISTED}`, tls: { ca } }, { uri: direct, tls: { ca } });
  const wrong = { HTTPS_PROXY: "http://127.0.0.1:1", HTTP_PROXY: "http://127.0.0.1:1", NO_PROXY: "*" };
  await withVariables(wrong, async () => {
    const auth = await loadMlflowAuth({ config: config as never, cwd: site.project.folder, env: through });
    await (await auth.fetch(`https://${LISTED}/api`)).text();
    await auth.close();
    assert.equal(proxy.targets, [`${LISTED}:443`]);
  });
});

test.run();
