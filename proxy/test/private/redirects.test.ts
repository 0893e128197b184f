import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createLedAway } from "../../src/private/led-away.js";
import { type Rig, startRig, startUpstream, type Upstream, whole } from "../rig.js";

const test = suite("redirects and named servers");

let other: Upstream;
let rig: Rig;
test.before(async () => {
  other = await startUpstream(whole((_req, res) => res.end("other")));
  rig = await startRig({ base: "/base", servers: [{ uri: `${other.uri}/registry` }] });
});
test.after(async () => {
  await rig.stop();
  await other.stop();
});

async function redirected(location: string, path = "/a/b?c=d"): Promise<string | null> {
  rig.upstream.answer = whole((_req, res) => res.writeHead(302, { location }).end());
  const answer = await fetch(rig.proxy.url + path, { redirect: "manual" });
  assert.is(answer.status, 302);
  return answer.headers.get("location");
}

const cases: Record<string, [location: string, seen: string]> = {
  "absolute, on the server": ["UPSTREAM/base/login?next=1", "PROXY/login?next=1"],
  "an absolute path on the server": ["/base/login", "PROXY/login"],
  "relative to the path": ["c", "PROXY/a/c"],
  "relative, upwards": ["../x", "PROXY/x"],
  "only a query": ["?page=2", "PROXY/a/b?page=2"],
  "with a fragment": ["/base/#/experiments", "PROXY/#/experiments"],
  "the base itself": ["UPSTREAM/base", "PROXY"],
  "out of the base path": ["/login", "UPSTREAM/login"],
  "upwards out of the base path": ["../../login", "UPSTREAM/login"],
  "to another site": ["https://sso.example.com/login?back=1", "https://sso.example.com/login?back=1"],
  "to another scheme of the same host": ["https://127.0.0.1:UPORT/base/x", "https://127.0.0.1:UPORT/base/x"],
  "to another listed server": ["OTHER/registry/x", "OTHER/registry/x"],
  "without a scheme": ["//sso.example.com/login", "http://sso.example.com/login"],
};

for (const [name, [location, seen]] of Object.entries(cases)) {
  test(`${name}: ${location} leads to ${seen}`, async () => {
    const fill = (text: string) =>
      text
        .replace("UPSTREAM", rig.upstream.uri)
        .replace("UPORT", String(rig.upstream.port))
        .replace("OTHER", other.uri)
        .replace("PROXY", rig.proxy.url);
    assert.is(await redirected(fill(location)), fill(seen));
  });
}

test("a redirect is not followed here: the client does, and stays inside", async () => {
  rig.upstream.answer = whole((req, res) => {
    if (req.url === "/base/from") res.writeHead(307, { location: "/base/to" }).end();
    else res.end(`${req.method} ${req.url} ${req.headers.authorization}`);
  });
  const answer = await fetch(`${rig.proxy.url}/from`, { method: "POST", body: "x" });
  assert.is(await answer.text(), "POST /base/to Bearer first");
  assert.is(answer.url, `${rig.proxy.url}/to`);
});

test("another listed server is reached through a prefix that names it", async () => {
  const before = other.seen.length;
  const url = rig.proxy.urlFor(`${other.uri}/registry/models?x=1`);
  assert.is(url, `${rig.proxy.url}/~http:127.0.0.1:${other.port}/registry/models?x=1`);
  assert.is(await (await fetch(url as string)).text(), "other");
  const seen = other.seen[before];
  assert.is(seen?.url, "/registry/models?x=1");
  assert.is(seen?.headers.host, `127.0.0.1:${other.port}`);
  const { pathname } = new URL(url as string);
  const escaped = await fetch(`http://127.0.0.1:${rig.proxy.port}${pathname.replace("~http:", "~http%3A")}`);
  assert.is(await escaped.text(), "other");
});

test("an address for clients ends in no slash, because they append a path to it", () => {
  const { url } = rig.proxy;
  const cases: [given: string, expected: string][] = [
    [`${rig.upstream.uri}/base/`, url],
    [`${rig.upstream.uri}/base`, url],
    [`${rig.upstream.uri}/base/a/`, `${url}/a`],
    [`${other.uri}/registry/`, `${url}/~http:127.0.0.1:${other.port}/registry`],
    [`${other.uri}/registry?next=/`, `${url}/~http:127.0.0.1:${other.port}/registry?next=/`],
  ];
  for (const [given, expected] of cases) assert.is(rig.proxy.urlFor(given), expected);
});

test("a redirect of a named server leads back through its prefix", async () => {
  other.answer = whole((_req, res) => res.writeHead(302, { location: "/registry/next" }).end());
  const url = rig.proxy.urlFor(`${other.uri}/registry/first`) as string;
  const answer = await fetch(url, { redirect: "manual" });
  assert.is(answer.headers.get("location"), url.replace("first", "next"));
});

test("a URL of no listed server has no place in the proxy", () => {
  assert.is(rig.proxy.urlFor("https://example.com/x"), undefined);
  assert.is(rig.proxy.urlFor(`${other.uri}/elsewhere`), undefined);
  assert.is(rig.proxy.urlFor("not a url"), undefined);
});

test("the bare address leads to the one with a slash, so that a page's relative addresses work", async () => {
  rig.upstream.answer = whole((req, res) => res.end(req.url));
  const answer = await fetch(rig.proxy.url);
  assert.is(answer.url, `${rig.proxy.url}/`);
  assert.is(await answer.text(), "/base/");
});

test("a path of the upstream that begins with ~ is its own", async () => {
  rig.upstream.answer = whole((req, res) => res.end(req.url));
  assert.is(await (await fetch(`${rig.proxy.url}/~user/x`)).text(), "/base/~user/x");
});

test("a server that sends everybody on to https, which the file does not list, is warned of once; another site is not", async () => {
  const own = await startRig({ base: "/base" });
  const { port, uri } = own.upstream;
  const go = async (location: string) => {
    own.upstream.answer = whole((_req, res) => res.writeHead(308, { location }).end());
    const answer = await fetch(`${own.proxy.url}/api/x?key=of-no-concern`, { redirect: "manual" });
    assert.is(answer.headers.get("location"), location);
  };
  await go("https://sso.example.com/login");
  assert.equal(
    own.logged.filter((line) => line.includes("sent a client on")),
    [],
  );
  for (let round = 0; round < 3; round++) await go(`https://127.0.0.1:${port}/base/api/x?key=of-no-concern`);
  const told = own.logged.filter((line) => line.includes("sent a client on"));
  assert.is(told.length, 1, own.logged.join("\n"));
  assert.match(
    told[0] as string,
    `${uri}/base sent a client on to https://127.0.0.1:${port}, which the file does not list`,
  );
  assert.match(
    told[0] as string,
    `Try this: write the server's address as https://127.0.0.1:${port}/base into the file`,
  );
  assert.not.match(told[0] as string, "of-no-concern");
  await go(`${uri}/login`);
  assert.match(own.logged.at(-1) as string, `an address of ${uri} that is not below it`);
  await own.stop();
});

test("a host that a wildcard lists and that leads out of its base path is told so, and not to be listed", () => {
  const server = { uri: "https://*.example.com/base", auth: [], headers: [], tags: [], allowInsecure: false };
  const lines: string[] = [];
  const log = (_fields: object, message: string) => void lines.push(message);
  const ledAway = createLedAway({ nearMiss: () => server }, { debug: log, info: log, warn: log, error: log });
  const origin = "https://a.example.com";
  const from = { origin, path: "/base/x", server, mount: { at: "", base: "/base" } };
  ledAway(from, new URL(`${origin}/login`));
  assert.is(lines.length, 1);
  assert.match(lines[0] as string, `an address of ${origin} that is not below it`);
  assert.match(lines[0] as string, "Try this: correct the base path");
});

test.run();
