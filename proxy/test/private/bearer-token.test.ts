import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { head, type Rig, raw, startRig, startUpstream, type Upstream, whole } from "../rig.js";

const test = suite("the token as Authorization: Bearer");

let rig: Rig;
let open: Upstream;
test.beforeEach(async () => {
  open = await startUpstream();
  rig = await startRig({ base: "/base", servers: [{ uri: open.uri, auth: [] }] });
});

function ask(path: string, ...headers: string[]): Promise<string> {
  return raw(rig.proxy.port, head(`GET ${path}`, [`host: 127.0.0.1:${rig.proxy.port}`, ...headers]));
}
const bearer = (token = rig.token) => `authorization: Bearer ${token}`;

test("leads to the upstream and to a named server, with the file's credential in its place", async () => {
  for (const path of ["/x", `/~http:127.0.0.1:${rig.upstream.port}/base/x`]) {
    assert.match(await ask(path, bearer()), /^HTTP\/1\.1 200 /);
  }
  assert.match(await ask("/", bearer()), /^HTTP\/1\.1 200 /);
  assert.equal(
    rig.upstream.seen.map(({ url, headers }) => `${url} ${headers.authorization}`),
    ["/base/x Bearer first", "/base/x Bearer first", "/base/ Bearer first"],
  );
  assert.not(JSON.stringify(rig.upstream.seen).includes(rig.token));
});

for (const form of ["bearer TOKEN", "BEARER TOKEN", "Bearer   TOKEN", "Bearer TOKEN  "]) {
  test(`written as "${form}" it is the same`, async () => {
    assert.match(await ask("/x", `Authorization: ${form.replace("TOKEN", rig.token)}`), /^HTTP\/1\.1 200 /);
  });
}

const refused: Record<string, () => string[]> = {
  "another token": () => [bearer("x".repeat(rig.token.length))],
  "a token cut short": () => [bearer(rig.token.slice(0, -1))],
  "more behind it": () => [bearer(`${rig.token}x`)],
  "a second word": () => [bearer(`${rig.token} x`)],
  "no scheme": () => [`authorization: ${rig.token}`],
  "another scheme": () => [`authorization: Token ${rig.token}`],
  "as a password": () => [`authorization: Basic ${Buffer.from(`:${rig.token}`).toString("base64")}`],
  "two of them": () => [bearer(), bearer()],
  "the client's own behind it": () => [bearer(), "authorization: Bearer own"],
  "the client's own in front of it": () => ["authorization: Bearer own", bearer()],
  "another spelling of the header beside it": () => [bearer(), "AUTHORIZATION: x"],
  "the header of a proxy": () => [`proxy-authorization: Bearer ${rig.token}`],
  "an empty token of the bridge beside it": () => [bearer(), "mlflow-auth-token:"],
  nothing: () => [],
};

for (const [name, headers] of Object.entries(refused)) {
  test(`${name}: refused`, async () => {
    const answer = await ask("/x", ...headers());
    assert.match(answer, /^HTTP\/1\.1 403 /);
    assert.not(answer.includes(rig.token));
    assert.equal(rig.upstream.seen, []);
  });
}

test("beside the token in the path Authorization is the client's own", async () => {
  const path = `/${rig.token}/~http:127.0.0.1:${open.port}/x`;
  assert.match(await ask(path, "authorization: Bearer own"), /^HTTP\/1\.1 200 /);
  assert.is(open.seen[0]?.headers.authorization, "Bearer own");
  // And never the token, which a client may give both ways.
  assert.match(await ask(path, bearer()), /^HTTP\/1\.1 200 /);
  assert.is(open.seen[1]?.headers.authorization, undefined);
});

test("where the file gives no credential, Authorization is the client's own: the path is the only way, and the answer says so", async () => {
  const answer = await ask(`/~http:127.0.0.1:${open.port}/x`, bearer());
  assert.match(answer, /^HTTP\/1\.1 403 /);
  assert.match(answer, "Try this: put the token of this proxy into the path");
  assert.equal(open.seen, []);
});

test("the path and the query must not hold it as well: the server would get it", async () => {
  for (const path of [`/x/${rig.token}`, `/x?next=${rig.token}`]) {
    assert.match(await ask(path, bearer()), /^HTTP\/1\.1 400 /);
  }
  assert.equal(rig.upstream.seen, []);
});

test("redirects and cookies then hold no token either", async () => {
  rig.upstream.answer = whole((_req, res) => {
    res.writeHead(302, { location: "/base/y", "set-cookie": "s=1; Path=/base" }).end();
  });
  const answer = await ask("/x", bearer());
  assert.match(answer, `location: http://127.0.0.1:${rig.proxy.port}/y\r\n`);
  assert.not(answer.includes(rig.token));
});

test("nothing of it is logged", async () => {
  await ask("/x", bearer());
  await ask("/x", bearer("x".repeat(rig.token.length)));
  await rig.upstream.stop();
  await ask("/x", bearer());
  assert.not(rig.logged.join("\n").includes(rig.token));
  assert.ok(rig.logged.length > 0);
});

test.run();
