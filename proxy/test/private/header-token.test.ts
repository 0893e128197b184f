import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { head, type Rig, raw, startRig, whole } from "../rig.js";

const test = suite("the token in a header, as the bridge in Python sends it");

let rig: Rig;
test.beforeEach(async () => {
  rig = await startRig({ base: "/base" });
});
test.afterEach(() => rig.stop());

function ask(path: string, ...headers: string[]): Promise<string> {
  return raw(rig.proxy.port, head(`GET ${path}`, [`host: 127.0.0.1:${rig.proxy.port}`, ...headers]));
}

const named = () => `/~http:127.0.0.1:${rig.upstream.port}/base/x`;
const token = () => `mlflow-auth-token: ${rig.token}`;

test("leads to the upstream and to a named server, and gets to neither", async () => {
  for (const path of ["/x", named()]) assert.match(await ask(path, token()), /^HTTP\/1\.1 200 /);
  assert.equal(
    rig.upstream.seen.map(({ url }) => url),
    ["/base/x", "/base/x"],
  );
  const seen = JSON.stringify(rig.upstream.seen);
  assert.not(seen.includes(rig.token));
  assert.not(seen.includes("mlflow-auth-token"));
});

const refused: Record<string, () => [path: string, ...headers: string[]]> = {
  "none at all": () => [named()],
  "another one": () => [named(), `mlflow-auth-token: ${"x".repeat(rig.token.length)}`],
  "an empty one": () => ["/x", "mlflow-auth-token:"],
  "an empty one beside the right path": () => [`/${rig.token}/x`, "mlflow-auth-token:"],
  "the right one twice": () => ["/x", token(), token()],
};

for (const [name, request] of Object.entries(refused)) {
  test(`${name}: refused`, async () => {
    assert.match(await ask(...request()), /^HTTP\/1\.1 403 /);
    assert.equal(rig.upstream.seen, []);
  });
}

test("the path must not hold it as well: the server would get it", async () => {
  assert.match(await ask(`/${rig.token}/x`, token()), /^HTTP\/1\.1 400 /);
  assert.equal(rig.upstream.seen, []);
});

test("redirects and cookies then hold no token either", async () => {
  rig.upstream.answer = whole((_req, res) => {
    res.writeHead(302, { location: "/base/y", "set-cookie": "s=1; Path=/base" }).end();
  });
  const answer = await ask(named(), token());
  assert.match(answer, `location: http://127.0.0.1:${rig.proxy.port}/y\r\n`);
  assert.match(answer, `set-cookie: s=1; Path=/~http:127.0.0.1:${rig.upstream.port}/base\r\n`);
  assert.not(answer.includes(rig.token));
});

test("what went past the proxy is told of once, without user name, password and query, and is no use of it", async () => {
  const tell = (address: string) => ask("/~unlisted", token(), `mlflow-auth-unlisted: ${address}`);
  for (const address of [
    "https://canary:p@a.example.com/x?q",
    "https://a.example.com/x",
    "\\",
    `http://x/${rig.token}`,
  ]) {
    assert.match(await tell(address), /^HTTP\/1\.1 204 /);
  }
  assert.equal(rig.proxy.unlisted, ["https://user@a.example.com/x", "https://a.example.com/x"]);
  for (let index = 0; index < 9; index++) await tell(`https://${index}.example.com`);
  assert.is(rig.proxy.unlisted.length, 5);
  assert.is(rig.proxy.uses, 0);
  assert.match(await ask("/~unlisted", "mlflow-auth-unlisted: https://b.example.com"), /^HTTP\/1\.1 403 /);
});

test.run();
