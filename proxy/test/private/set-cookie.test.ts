import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Rig, startRig, startUpstream, type Upstream, whole } from "../rig.js";

const test = suite("cookies of an upstream");

let other: Upstream;
let rig: Rig;
test.before(async () => {
  other = await startUpstream();
  rig = await startRig({ base: "/base", servers: [{ uri: other.uri }] });
});
test.after(async () => {
  await rig.stop();
  await other.stop();
});

/** What the client gets for a cookie. `PREFIX` in the result stands for the slash and the token. */
async function returned(upstream: Upstream, url: string, cookie: string): Promise<string> {
  upstream.answer = whole((_req, res) => res.writeHead(200, { "set-cookie": cookie }).end());
  const answer = await fetch(url, { method: "POST" });
  return answer.headers.getSetCookie().join("\n").replaceAll(`/${rig.token}`, "PREFIX");
}

const cases: Record<string, [given: string, seen: string]> = {
  "the root": ["s=1; Path=/", "s=1; Path=PREFIX/"],
  "the base": ["s=1; Path=/base", "s=1; Path=PREFIX"],
  "the base with a slash": ["s=1; Path=/base/", "s=1; Path=PREFIX/"],
  "below the base": ["s=1; Path=/base/a/b", "s=1; Path=PREFIX/a/b"],
  "beside the base": ["s=1; Path=/other", "s=1; Path=PREFIX/~http:127.0.0.1:PORT/other"],
  "half a segment of the base": ["s=1; Path=/ba", "s=1; Path=PREFIX/~http:127.0.0.1:PORT/ba"],
  "a neighbour whose name begins as the base does": [
    "s=1; Path=/basement",
    "s=1; Path=PREFIX/~http:127.0.0.1:PORT/basement",
  ],
  "a domain": ["s=1; Domain=example.com; Path=/; Secure", "s=1; Path=PREFIX/; Secure"],
  "a domain in other letters": ["s=1;DOMAIN = .example.com", "s=1"],
  "other letters and spaces": ["s=1;path= /base/x ;  httponly", "s=1;path=PREFIX/x;  httponly"],
  "two paths": ["s=1; Path=/base/a; Path=/", "s=1; Path=PREFIX/a; Path=PREFIX/"],
  "everything else, byte for byte": [
    's="a b=c" ;Expires=Wed, 21 Oct 2099 07:28:00 GMT;  Max-Age=5; SameSite=None;Partitioned ;x',
    's="a b=c" ;Expires=Wed, 21 Oct 2099 07:28:00 GMT;  Max-Age=5; SameSite=None;Partitioned ;x',
  ],
  "names and values that look like attributes": ["Path=/; Domainx=1; xPath=/", "Path=/; Domainx=1; xPath=/"],
  "no path": ["s=1; HttpOnly", "s=1; HttpOnly"],
};

for (const [name, [given, seen]] of Object.entries(cases)) {
  test(`${name}: ${given}`, async () => {
    const expected = seen.replace("PORT", String(rig.upstream.port));
    assert.is(await returned(rig.upstream, `${rig.proxy.url}/api/x`, given), expected);
  });
}

test("a request for the prefix alone gets a cookie with a path, for the browser's own would be the root", async () => {
  for (const [given, seen] of [
    ["s=1", "s=1; Path=PREFIX"],
    ["s=1; Path=/; Path=", "s=1; Path=PREFIX/; Path=; Path=PREFIX"],
    ["s=1; Path=/", "s=1; Path=PREFIX/"],
  ] as const) {
    for (const query of ["", "?a=/b"]) assert.is(await returned(rig.upstream, rig.proxy.url + query, given), seen);
  }
});

test("a named server's stay below its name, as the client wrote it", async () => {
  const url = rig.proxy.urlFor(`${other.uri}/api/x`) as string;
  const mount = `PREFIX/~http:127.0.0.1:${other.port}`;
  assert.is(await returned(other, url, "s=1; Path=/"), `s=1; Path=${mount}/`);
  assert.is(await returned(other, url, "s=1; Path=/api"), `s=1; Path=${mount}/api`);
  const escaped = url.replace("~http:", "~http%3A");
  assert.is(await returned(other, escaped, "s=1; Path=/"), `s=1; Path=${mount.replace("~http:", "~http%3A")}/`);
});

test("without a token the path is that of the upstream below its base", async () => {
  const bare = await startRig({ base: "/base", token: undefined });
  try {
    bare.upstream.answer = whole((_req, res) => res.writeHead(200, { "set-cookie": ["a=1; Path=/base"] }).end());
    const answer = await fetch(`${bare.proxy.url}/x`);
    assert.equal(answer.headers.getSetCookie(), ["a=1; Path=/"]);
  } finally {
    await bare.stop();
  }
});

test.run();
