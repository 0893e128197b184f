import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { head, type Rig, raw, startRig, startUpstream, type Upstream, whole } from "../rig.js";

const test = suite("cookies in a browser, of a proxy without a token");

/** What the first upstream sets, and a browser keeps for the host, whatever the port. */
const SET = ["session=of-the-first; Path=/; HttpOnly", "__Host-id = 1", "lb=~a; Path=/base", "bare"];
const BROWSER = "sec-fetch-site: same-origin";

let rig: Rig;
let other: Upstream;
test.before(async () => {
  other = await startUpstream(whole((_req, res) => void res.setHeader("set-cookie", "session=of-the-other").end()));
  rig = await startRig({
    token: undefined,
    base: "/base",
    servers: [{ uri: `${other.uri}/base`, auth: [] }],
    browsable: [`${other.uri}/base`],
    answer: whole((_req, res) => void res.setHeader("set-cookie", SET).end()),
  });
});
test.after(() => rig.stop());

const ports = () => [rig.proxy.port, Number(new URL(rig.proxy.browsable[0]?.url as string).port)] as const;

async function ask(port: number, ...lines: string[]): Promise<string[]> {
  const answer = await raw(port, head("GET /x", [`host: 127.0.0.1:${port}`, ...lines]));
  assert.match(answer, /^HTTP\/1\.1 200 /);
  return [...answer.matchAll(/^set-cookie: (.*)$/gim)].map(([, cookie = ""]) => cookie.trim());
}

/** The Cookie line of a browser that keeps these. */
const jar = (cookies: readonly string[]) => `cookie: ${cookies.map((one) => one.split(";")[0]).join("; ")}`;

test("each comes back to the server that has set it, under the name that this gave it, and gets to no other", async () => {
  const [home, neighbour] = ports();
  const kept = [...(await ask(home, BROWSER)), ...(await ask(neighbour, BROWSER)), "of-a-script=1"];
  assert.is(kept.filter((one) => one.startsWith("session")).length, 2);
  await ask(home, BROWSER, jar(kept));
  assert.is(rig.upstream.seen.at(-1)?.headers.cookie, "session=of-the-first; __Host-id= 1; lb=~a");
  await ask(neighbour, BROWSER, jar(kept));
  assert.is(other.seen.at(-1)?.headers.cookie, "session=of-the-other");
});

test("a page that keeps back what a browser says gets none of another server's to its own, either", async () => {
  const [home, neighbour] = ports();
  await ask(neighbour, jar(await ask(home, BROWSER)));
  assert.is(other.seen.at(-1)?.headers.cookie, "bare");
  await ask(neighbour, "accept-language: en", jar(SET));
  assert.is(other.seen.at(-1)?.headers.cookie, undefined);
});

test("a proxy that leads to another server at the same port gets none of them", async () => {
  const [home] = ports();
  const kept = jar(await ask(home, BROWSER));
  const next = await startRig({ token: undefined, base: "/base" });
  await ask(next.proxy.port, BROWSER, kept);
  assert.is(next.upstream.seen[0]?.headers.cookie, undefined);
});

test("a program gets and sends them as they are", async () => {
  const [home, neighbour] = ports();
  assert.equal(
    (await ask(home)).map((one) => one.split(/ *=/)[0]),
    ["session", "__Host-id", "lb", "bare"],
  );
  await ask(neighbour, "cookie: session=own;b=2 ; c");
  assert.is(other.seen.at(-1)?.headers.cookie, "session=own;b=2 ; c");
});

test("with a token they are kept to its path, and have no mark", async () => {
  const tokened = await startRig({ answer: whole((_req, res) => void res.setHeader("set-cookie", "s=1").end()) });
  const { port } = tokened.proxy;
  const answer = await raw(port, head(`GET /${tokened.token}/x`, [`host: 127.0.0.1:${port}`, BROWSER, "cookie: s=1"]));
  assert.match(answer, /^set-cookie: s=1\r$/im);
});

test.run();
