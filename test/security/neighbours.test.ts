/**
 * Several servers behind one proxy: what a page of one of them may have a browser send to another, tried raw. Each line of the output
 * is one attempt; it exits with a failure if one passed. `chromium.test.ts` tries the same in a real browser.
 */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { head, type Rig, raw, startRig, startUpstream, type Upstream } from "../../proxy/test/rig.ts";

const test = suite("servers behind one proxy, in a browser");

let rig: Rig;
let listed: Upstream;
let unopened: Upstream;
let wild: Upstream;
test.before(async () => {
  [listed, unopened, wild] = await Promise.all([startUpstream(), startUpstream(), startUpstream()]);
  rig = await startRig({
    base: "/base",
    servers: [
      { uri: listed.uri },
      { uri: unopened.uri },
      { uri: `http://*.localhost:${wild.port}`, allowInsecure: true },
      // Below the first server's own path.
      { uri: `http://127.0.0.1:UPSTREAM/base/inner` },
    ],
    browsable: [listed.uri],
  });
});

const own = () => `http://127.0.0.1:${rig.proxy.port}`;

/** What only browsers send, each by itself. */
const marks: Record<string, () => string[]> = {
  "Sec-Fetch-Site: same-origin": () => ["sec-fetch-site: same-origin"],
  "Sec-Fetch-Site: none": () => ["sec-fetch-site: none"],
  "Sec-Fetch-Dest": () => ["sec-fetch-dest: empty"],
  "Sec-Fetch-User": () => ["sec-fetch-user: ?1"],
  Sec_Fetch_Site: () => ["Sec_Fetch_Site: same-origin"],
  "a typed address": () => ["sec-fetch-site: none", "sec-fetch-mode: navigate", "sec-fetch-dest: document"],
  "an own Origin": () => [`origin: ${own()}`],
  "an own Referer": () => [`referer: ${own()}/${rig.token}/`],
  "a Referer that names the other server's place": () => [
    `referer: ${own()}/${rig.token}/~http:127.0.0.1:${listed.port}/`,
  ],
  "a browser's name alone": () => ["user-agent: Mozilla/5.0 (X11)"],
  // Beyond loopback browsers say no more, where a page has set the name and kept the Referer away.
  "a browser's language, under another name": () => ["user-agent: python-requests/2.32", "accept-language: en-US"],
  "a language that the page has emptied": () => ["user-agent: python-requests/2.32", "accept-language:"],
  "what Node sends, as far as a page can": () => ["user-agent: node", "accept-language: *", "Sec_Fetch_Mode: cors"],
};

const places: Record<string, () => string> = {
  "another server": () => `/~http:127.0.0.1:${listed.port}/api`,
  "another server, escaped": () => `/~http%3a127.0.0.1%3A${listed.port}/api`,
  "another server that has no address of its own": () => `/~http:127.0.0.1:${unopened.port}/api`,
  "a host of a wildcard": () => `/~http:a.localhost:${wild.port}/api`,
  "a server further in": () => "/inner/api",
  "a server further in, by its name": () => `/~http:127.0.0.1:${rig.upstream.port}/base/inner/api`,
};

/** Let through, and then perhaps not found: on many machines the name has no address. */
const gone = new Set(["a host of a wildcard"]);

const upstreams = () => [rig.upstream, listed, unopened, wild];
const count = () => upstreams().reduce((sum, { seen }) => sum + seen.length, 0);
const ask = (path: string, ...headers: string[]) =>
  raw(rig.proxy.port, head(`GET ${path}`, [`host: 127.0.0.1:${rig.proxy.port}`, ...headers]));

for (const [place, path] of Object.entries(places)) {
  for (const [mark, headers] of Object.entries(marks)) {
    test(`${place}: refused with ${mark}`, async () => {
      const before = count();
      const answer = await ask(`/${rig.token}${path()}`, ...headers());
      const isRefused = /^HTTP\/1\.1 403 /.test(answer) && count() === before;
      console.log(`${isRefused ? "refused" : "PASSED "}  ${place}, ${mark}`);
      assert.ok(isRefused, answer);
      const [neighbour] = rig.proxy.browsable;
      const { origin, pathname } = new URL(neighbour?.url as string);
      assert.not(answer.includes(pathname.slice(1)), "the page must not learn the other token");
      assert.not(answer.includes(rig.token));
      if (/another server(?:, escaped)?$/.test(place))
        assert.match(answer, `Try this: open ${listed.uri} at ${origin}/, followed by its token`);
      if (/no address/.test(place)) assert.match(answer, `mlflow-auth proxy --port 0 --server ${unopened.uri}`);
    });
  }
  test(`${place}: any other client gets there`, async () => {
    assert.match(
      await ask(`/${rig.token}${path()}`, "user-agent: node", "accept-language: *", "sec-fetch-mode: cors"),
      gone.has(place) ? /^HTTP\/1\.1 (?:200|502) / : /^HTTP\/1\.1 200 /,
    );
  });
}

test("the server that the address stands for is there for a browser, by its name, too", async () => {
  for (const path of ["/api", `/~http:127.0.0.1:${rig.upstream.port}/base/api`])
    assert.match(await ask(`/${rig.token}${path}`, "sec-fetch-site: same-origin"), /^HTTP\/1\.1 200 /);
});

test("each server has a port and a token of its own, and neither token opens the other", async () => {
  const [neighbour] = rig.proxy.browsable;
  const { port, pathname } = new URL(neighbour?.url as string);
  assert.is(neighbour?.server, listed.uri);
  assert.is.not(Number(port), rig.proxy.port);
  assert.match(pathname, /^\/[\w-]{43}$/);
  const before = listed.seen.length;
  const there = (path: string, ...headers: string[]) =>
    raw(Number(port), head(`GET ${path}`, [`host: 127.0.0.1:${port}`, ...headers]));
  assert.match(await there(`${pathname}/api`, "sec-fetch-site: same-origin"), /^HTTP\/1\.1 200 /);
  assert.is(listed.seen.length, before + 1);
  assert.match(await there(`/${rig.token}/api`), /^HTTP\/1\.1 403 /);
  assert.match(await ask(`${pathname}/api`), /^HTTP\/1\.1 403 /);
  assert.match(await there(`${pathname}/api`, `host: 127.0.0.1:${rig.proxy.port}`), /^HTTP\/1\.1 403 /);
  assert.match(await there(`${pathname}/api`, `origin: ${own()}`), /^HTTP\/1\.1 403 /);
  // And the way back.
  const back = await there(`${pathname}/~http:127.0.0.1:${rig.upstream.port}/base/api`, "sec-fetch-site: same-origin");
  assert.match(back, /^HTTP\/1\.1 403 /);
  assert.match(back, `Try this: open ${rig.upstream.uri}/base at ${own()}/`);
});

test("a Referer of one server's page tells another server nothing of its path", async () => {
  const [neighbour] = rig.proxy.browsable;
  const { port, pathname } = new URL(neighbour?.url as string);
  const link = ["sec-fetch-site: same-site", "sec-fetch-mode: navigate", "sec-fetch-dest: document"];
  const referer = `referer: ${own()}/${rig.token}/#/experiments`;
  const answer = await raw(Number(port), head(`GET ${pathname}/linked`, [`host: 127.0.0.1:${port}`, ...link, referer]));
  assert.match(answer, /^HTTP\/1\.1 200 /);
  assert.is(listed.seen.at(-1)?.headers.referer, `${own()}/`);
});

test("no service worker gets a wider scope than its own place", async () => {
  rig.upstream.answer = (_req, res) => void res.setHeader("Service-Worker-Allowed", "/").end("x");
  assert.not.match(await ask(`/${rig.token}/x`), /service-worker-allowed/i);
});

test.run();
