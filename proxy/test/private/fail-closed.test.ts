import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Rig, startRig, startUpstream, whole } from "../rig.js";

const test = suite("no credential, no request");

let rig: Rig;
test.beforeEach(async () => {
  rig = await startRig();
});
test.afterEach(() => rig.stop());

test("while the secret store is down nothing is sent, and the client may try again", async () => {
  await fetch(`${rig.proxy.url}/api`);
  // A refusal makes the authorizer drop what it has.
  rig.project.setCredential("down");
  rig.upstream.answer = whole((_req, res) => res.writeHead(401).end());
  await fetch(`${rig.proxy.url}/api`);
  rig.upstream.seen.length = 0;
  for (const method of ["GET", "POST"]) {
    const answer = await fetch(`${rig.proxy.url}/api`, { method, headers: { authorization: "Bearer mine" } });
    assert.is(answer.status, 503);
    const { error_code, message, code } = (await answer.json()) as Record<string, string>;
    assert.is(error_code, "TEMPORARILY_UNAVAILABLE");
    assert.is(code, "SECRET_UNREACHABLE");
    assert.match(message as string, /SECRET_UNREACHABLE: the test store is down\. Try this: start the test store/);
  }
  assert.is(rig.upstream.seen.length, 0);
  const told = rig.logged.filter((line) => line.includes(" SECRET_UNREACHABLE: the test store is down"));
  assert.is(told.length, 1, "told once");
});

test("a secret store that is down from the start is told at once, and needs no restart", async () => {
  rig.project.setCredential("down");
  const answer = await fetch(`${rig.proxy.url}/api`, { headers: { authorization: "Bearer mine" } });
  assert.is(answer.status, 424);
  assert.is(((await answer.json()) as Record<string, string>)["code"], "SECRET_UNREACHABLE");
  assert.is(rig.upstream.seen.length, 0);
  rig.project.setCredential("back");
  assert.is((await fetch(`${rig.proxy.url}/api`)).status, 200);
  assert.is(rig.upstream.seen[0]?.headers.authorization, "Bearer back");
});

test("where somebody must put it right, the status is one that MLflow's clients do not repeat", async () => {
  rig.project.setCredential("denied");
  const answer = await fetch(`${rig.proxy.url}/api`);
  assert.is(answer.status, 424);
  const { error_code, code } = (await answer.json()) as Record<string, string>;
  assert.is(error_code, "UNAUTHENTICATED");
  assert.is(code, "SECRET_DENIED");
  assert.is(rig.upstream.seen.length, 0);
});

test("a plugin that says that no credential is meant sends nothing bare, unless the file allows it for that server", async () => {
  assert.is((await fetch(`${rig.proxy.url}/api`)).status, 200);
  rig.upstream.answer = whole((_req, res) => res.writeHead(401).end());
  rig.project.setCredential("anonymous");
  rig.upstream.seen.length = 0;
  assert.is((await fetch(`${rig.proxy.url}/api`)).status, 401);
  for (const _ of [1, 2]) {
    const answer = await fetch(`${rig.proxy.url}/api`, { headers: { authorization: "Bearer mine" } });
    assert.is(answer.status, 424);
    assert.is(((await answer.json()) as Record<string, string>)["code"], "ANONYMOUS_REFUSED");
  }
  assert.is(rig.upstream.seen.length, 1);

  const open = await startRig({ anonymous: true });
  open.project.setCredential("anonymous");
  const answer = await fetch(`${open.proxy.url}/api`, { headers: { authorization: "Bearer mine" } });
  assert.is(answer.status, 200);
  assert.is(open.upstream.seen[0]?.headers.authorization, undefined);
});

test("an upload is refused before it is read", async () => {
  rig.project.setCredential("denied");
  let asked = 0;
  const body = new ReadableStream({
    pull(controller) {
      asked++;
      controller.enqueue(new Uint8Array(64 * 1024));
      if (asked > 1000) controller.close();
    },
  });
  const answer = await fetch(`${rig.proxy.url}/api`, { method: "PUT", body, duplex: "half" } as RequestInit);
  assert.is(answer.status, 424);
  assert.ok(asked < 1000, "the upload was cut short");
});

test("after a rotation the request goes out once more, with its body, whatever its form", async () => {
  let accepted = "first";
  rig.upstream.answer = whole((req, res) => {
    const fine = req.headers.authorization === `Bearer ${accepted}`;
    res.writeHead(fine ? 200 : 401).end(fine ? "fine" : "refused");
  });
  await fetch(`${rig.proxy.url}/api`);
  const bodies = [undefined, "small", "x".repeat(200_000), "y".repeat(1_000_000)];
  for (const [index, body] of bodies.entries()) {
    accepted = `rotated-${index}`;
    rig.project.setCredential(accepted);
    const before = rig.upstream.seen.length;
    const answer = await fetch(`${rig.proxy.url}/api`, { method: "POST", body: body ?? null });
    assert.is(answer.status, 200);
    assert.is(await answer.text(), "fine");
    const [refused, again, ...more] = rig.upstream.seen.slice(before);
    assert.equal([refused?.body.length, again?.body.length, more.length], [body?.length ?? 0, body?.length ?? 0, 0]);
  }
});

test("a refusal for good is passed on as it is, once", async () => {
  rig.upstream.answer = whole((_req, res) => res.writeHead(401, { "www-authenticate": "Bearer" }).end("no"));
  const answer = await fetch(`${rig.proxy.url}/api`);
  assert.is(answer.status, 401);
  assert.is(answer.headers.get("www-authenticate"), "Bearer");
  assert.is(await answer.text(), "no");
  assert.is(rig.upstream.seen.length, 1);
});

test("a server that is down gets a 502 that MLflow's client prints, told to the user once", async () => {
  await rig.upstream.stop();
  for (let i = 0; i < 3; i++) {
    const answer = await fetch(`${rig.proxy.url}/api`, { method: "POST", body: "x" });
    assert.is(answer.status, 502);
    const { error_code, message } = (await answer.json()) as Record<string, string>;
    assert.is(error_code, "TEMPORARILY_UNAVAILABLE");
    assert.match(message as string, /no answer from http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\)/);
  }
  assert.is(rig.logged.filter((line) => line.includes("no answer from")).length, 1);
});

test("a server that speaks no TLS is told with its remedy, by a status that nobody repeats, also where it gets no credential", async () => {
  const plain = await startUpstream();
  const uri = plain.uri.replace("http:", "https:");
  const two = await startRig({ servers: [{ uri, auth: [] }] });
  try {
    const answer = await fetch(`${two.proxy.urlFor(uri)}/api`);
    assert.is(answer.status, 424);
    const { error_code, message, code } = (await answer.json()) as Record<string, string>;
    assert.equal([error_code, code], ["UNAUTHENTICATED", "SERVER_TLS"]);
    assert.match(message as string, /nothing speaks TLS there \(\w+\)\. Try this: correct the port/);
    assert.is(two.logged.filter((line) => line.includes("no secure connection")).length, 1);
  } finally {
    await two.stop();
    await plain.stop();
  }
});

test("a server that hangs up without an answer gets a 502", async () => {
  rig.upstream.answer = (req) => void req.socket.destroy();
  assert.is((await fetch(`${rig.proxy.url}/api`)).status, 502);
});

test("neither the token nor a credential is ever logged", async () => {
  rig.project.setCredential("down");
  await fetch(`${rig.proxy.url}/api`);
  await fetch(`http://127.0.0.1:${rig.proxy.port}/wrong/${rig.token}`);
  rig.project.setCredential("first");
  rig.upstream.answer = whole((_req, res) => res.writeHead(401).end());
  await fetch(`${rig.proxy.url}/api`);
  rig.upstream.answer = (req) => void req.socket.destroy();
  await fetch(`${rig.proxy.url}/api?api_key=${rig.token}`);
  assert.ok(rig.logged.length > 0);
  assert.not(rig.logged.join("\n").includes(rig.token));
  assert.not(rig.logged.join("\n").includes("Bearer first"));
});

test("an outage is told once, and the next one again", async () => {
  rig.upstream.answer = (req) => req.socket.destroy();
  const told = () => rig.logged.filter((line) => line.includes(" no answer from ")).length;
  for (let i = 0; i < 3; i++) assert.is((await fetch(`${rig.proxy.url}/x`, { method: "POST" })).status, 502);
  assert.is(told(), 1);
  rig.upstream.answer = whole((_req, res) => res.end("back"));
  assert.is((await fetch(`${rig.proxy.url}/x`)).status, 200);
  rig.upstream.answer = (req) => req.socket.destroy();
  assert.is((await fetch(`${rig.proxy.url}/x`, { method: "POST" })).status, 502);
  assert.is(told(), 2);
});

test.run();
