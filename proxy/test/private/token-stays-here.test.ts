import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { head, type Rig, raw, startRig, startUpstream, type Upstream } from "../rig.js";

const test = suite("no header tells a server the token, however it is written");

let rig: Rig;
/** A server without a credential of the file: what the client brings passes. */
let open: Upstream;
let other: Upstream;
test.before(async () => {
  [open, other] = [await startUpstream(), await startUpstream()];
  rig = await startRig({ servers: [open, other].map(({ uri }) => ({ uri, auth: [] })), browsable: [other.uri] });
});
test.after(() => rig.stop());

const base64 = (text: string) => Buffer.from(text).toString("base64");
const base64url = (text: string) => Buffer.from(text).toString("base64url");

/** Lines of a header that hold the token. */
const held: Readonly<Record<string, (token: string) => string>> = {
  "as a name": (token) => `${token}: x`,
  "in a name": (token) => `x-of-${token}-too: x`,
  "escaped in a name": (token) => `%${token.charCodeAt(0).toString(16)}${token.slice(1)}: x`,
  "in the name of an identity": (token) => `x-forwarded-${token}: x`,
  "as a user name": (token) => `authorization: Basic ${base64(`${token}:`)}`,
  "as a user name with a password": (token) => `authorization: Basic ${base64(`${token}:secret`)}`,
  "as a password": (token) => `authorization: Basic ${base64(`:${token}`)}`,
  "as a password of one letter": (token) => `authorization: Basic ${base64(`u:${token}`)}`,
  "as a password of a user": (token) => `authorization: basic  ${base64(`user:${token}`)}`,
  "as a password, in another header": (token) => `x-login: Basic ${base64(`user:${token}`)}`,
  "as a password, escaped": (token) => `x-login: ${encodeURIComponent(base64(`user:${token}`)).replace("d", "%64")}`,
  "in a cookie": (token) => `cookie: a=1; b=${token}`,
  "in a cookie's JSON in base64": (token) => `cookie: a=${base64(JSON.stringify({ uri: `http://h/${token}/x` }))}`,
  "in the payload of a JWT": (token) => `x-of-mine: e30.${base64url(JSON.stringify({ aud: token }))}.c2ln`,
  "in base64, one byte further": (token) => `x-of-mine: ${base64(`1${token}22`)}`,
  "in base64, two bytes further": (token) => `x-of-mine: ${base64(`12${token}2`)}`,
};

async function seenBy({ port, seen }: Upstream, line: string): Promise<readonly string[]> {
  const path = `/${rig.token}/~http:127.0.0.1:${port}/x`;
  const answer = await raw(rig.proxy.port, head(`GET ${path}`, [`host: 127.0.0.1:${rig.proxy.port}`, "x-a: b", line]));
  assert.match(answer, /^HTTP\/1\.1 200 /, line);
  return seen.at(-1)?.rawHeaders ?? [];
}

const tokens = () => ({
  "the token": rig.token,
  "that of another address of this proxy": new URL(rig.proxy.browsable[0]?.url as string).pathname.slice(1),
});

for (const [where, line] of Object.entries(held)) {
  test(`${where}: the header stays here, and all others pass`, async () => {
    for (const [whose, token] of Object.entries(tokens())) {
      const plain = (await seenBy(open, "x-c: d")).filter((text) => text !== "x-c" && text !== "d");
      assert.equal(await seenBy(open, line(token)), plain, whose);
      assert.not((await seenBy(rig.upstream, line(token))).join("\n").includes(token.slice(1, -1)), whose);
    }
    assert.not(rig.logged.join("\n").includes(rig.token), "and is not logged");
  });
}

test("what has only a part of it, or another token, passes in every form", async () => {
  for (const token of [rig.token.slice(5), "x".repeat(rig.token.length)]) {
    for (const [where, line] of Object.entries(held)) {
      if (where === "in the name of an identity") continue;
      const given = line(token).replace("basic  ", "basic ");
      const [name = "", value] = given.split(": ");
      const headers = await seenBy(open, given);
      assert.is(headers[headers.indexOf(name) + 1], value, where);
    }
  }
});

test("in base64 it stays out of the path and the query, too", async () => {
  for (const path of [`/x/${base64(`user:${rig.token}`)}`, `/x?login=${base64(`${rig.token}:`)}`]) {
    const answer = await raw(rig.proxy.port, head(`GET /${rig.token}${path}`, [`host: 127.0.0.1:${rig.proxy.port}`]));
    assert.match(answer, /^HTTP\/1\.1 400 /);
  }
});

test("a token that is given as a login is refused, and the answer says how to give it", async () => {
  for (const login of [`${rig.token}:`, `:${rig.token}`, `user:${rig.token}`]) {
    const lines = [`host: 127.0.0.1:${rig.proxy.port}`, `authorization: Basic ${base64(login)}`];
    const answer = await raw(rig.proxy.port, head("GET /x", lines));
    assert.match(answer, /^HTTP\/1\.1 403 /);
    assert.match(answer, /as `Authorization: Bearer` \(MLFLOW_TRACKING_TOKEN\), not as a user name or password/);
  }
});

test.run();
