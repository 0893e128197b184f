import { Readable } from "node:stream";
import { suite } from "@mlflow-auth/test/suite";
import { request } from "undici";
import * as assert from "uvu/assert";
import { anonymous } from "../../src/provider/provider.js";
import { Secret } from "../../src/secret/secret.js";
import { authorizerOver, boundAuth, boundHeaders, boundTags } from "../pipeline/authorizer-fixture.js";
import { clientOf, failure, fetchWith } from "./client-fixture.js";
import { assertClosed } from "./nameless-files.ts";
import { type SignedRequest, signer, signingServer } from "./signing-server.js";

const test = suite("signed requests");

const bodies: Record<string, () => unknown> = {
  "no body": () => undefined,
  text: () => "text",
  "an empty text": () => "",
  bytes: () => Buffer.from([0, 255, 10]),
  "a list of parameters": () => new URLSearchParams({ a: "b c" }),
  "a Blob with a type": () => new Blob(["blob"], { type: "text/x-blob" }),
  "a form": () => {
    const form = new FormData();
    form.set("a", "b");
    form.set("file", new Blob(["content"]), "name.txt");
    return form;
  },
  "a stream": () => Readable.toWeb(Readable.from([Buffer.from("one "), Buffer.from("two")])),
  "a stream of 3 MB": () =>
    Readable.toWeb(Readable.from(Array.from({ length: 3 }, () => Buffer.alloc(1_000_000, "x")))),
};

for (const [name, body] of Object.entries(bodies)) {
  test(`what is signed is what arrives, by fetch and by undici's request: ${name}`, async () => {
    const server = await signingServer();
    const { bound } = signer({ stored: 1 });
    const { dispatcher } = clientOf([{ uri: `${server.origin}/base`, auth: [bound] }]);
    const method = body() === undefined ? "DELETE" : "PUT";
    const url = `${server.origin}/base/x%20y;z?q=a+b&c=%2F`;
    const answer = await fetchWith(dispatcher, url, { method, body: body(), duplex: "half" });
    assert.is(answer.status, 200, server.received.at(-1)?.verdict);
    await answer.text();
    if (!(body() instanceof URLSearchParams)) {
      const given = body() as never;
      const { statusCode, body: text } = await request(url, { dispatcher, method, body: given ?? null });
      assert.is(statusCode, 200, server.received.at(-1)?.verdict);
      await text.dump();
    }
    for (const { headers, body: arrived } of server.received) {
      assert.is(headers["transfer-encoding"], undefined, "what is kept has a length");
      if (arrived.length > 0) assert.is(Number(headers["content-length"]), arrived.length);
    }
  });
}

test("undici's option query is signed as a part of the path", async () => {
  const server = await signingServer();
  const { dispatcher } = clientOf([{ uri: server.origin, auth: [signer({ stored: 1 }).bound] }]);
  const { statusCode, body } = await request(`${server.origin}/x`, { dispatcher, query: { a: "b c", d: ["1", "2"] } });
  assert.is(statusCode, 200, server.received[0]?.verdict);
  assert.is(server.received[0]?.url, "/x?a=b%20c&d=1&d=2");
  await body.dump();
});

test("the signature covers the headers of all plugins and the run tags, and comes last", async () => {
  const server = await signingServer();
  const { bound, seen } = signer({ stored: 1 });
  const { dispatcher } = clientOf([
    {
      uri: server.origin,
      auth: [bound],
      headers: [boundHeaders("extra", () => ({ "X-Extra": new Secret("theirs") }))],
      tags: [boundTags("tags", () => ({ team: "a" }))],
    },
  ]);
  const answer = await fetchWith(dispatcher, `${server.origin}/api/2.0/mlflow/runs/create`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer mine", cookie: "a=b", host: "other.test" },
    body: JSON.stringify({ experiment_id: "1" }),
  });
  assert.is(answer.status, 200, server.received[0]?.verdict);
  const { headers, body } = server.received[0] as SignedRequest;
  assert.equal(JSON.parse(body.toString()).tags, [{ key: "team", value: "a" }]);
  assert.is(headers.authorization, undefined);
  const names = seen[0]?.headers.map(([name]) => name.toLowerCase()) ?? [];
  for (const name of ["host", "content-length", "content-type", "x-extra"]) assert.ok(names.includes(name), name);
  assert.not.ok(names.includes("authorization"));
  const host = seen[0]?.headers.find(([name]) => name === "Host")?.[1];
  assert.is(host, new URL(server.origin).host);
});

test("neither a client's header of the signature's name goes out beside it, nor a Host of its choice", async () => {
  const server = await signingServer();
  const { dispatcher } = clientOf([{ uri: server.origin, auth: [signer({ stored: 1 }).bound] }]);
  const headers = { "x-signature": "mine", "X-SIGNED-WITH": "9", Host: "other.test" };
  const answer = await request(server.origin, { dispatcher, headers });
  assert.is(answer.statusCode, 200, server.received[0]?.verdict);
  assert.is(server.received[0]?.headers.host, new URL(server.origin).host);
  await answer.body.dump();
});

test("a rotation is noticed by nobody: each attempt has a signature of its own, and the body, however long it is", async () => {
  const server = await signingServer();
  const stored = { stored: 1 };
  const { bound, rejected } = signer(stored);
  const { dispatcher } = clientOf([{ uri: server.origin, auth: [bound] }]);
  await (await fetchWith(dispatcher, server.origin)).text();
  for (const [name, body] of Object.entries(bodies)) {
    stored.stored++;
    server.state.accepted = stored.stored;
    const method = body() === undefined ? "GET" : "PUT";
    const answer = await fetchWith(dispatcher, server.origin, { method, body: body(), duplex: "half" });
    assert.is(answer.status, 200, `${name}: ${server.received.at(-1)?.verdict}`);
    const [refused, accepted] = server.received.slice(-2);
    assert.is(refused?.verdict, String(stored.stored - 1));
    assert.is(accepted?.verdict, String(stored.stored));
    assert.is(accepted?.body.length, refused?.body.length);
    await answer.text();
  }
  await assertClosed();
  const { serverTime = 0 } = rejected[0] ?? {};
  assert.ok(Math.abs(serverTime - Date.now()) < 600_000, "the clock of the server");
});

test("a second provider in line that does not sign takes over, and one that does from one that does not", async () => {
  const server = await signingServer(({ headers, verdict }, response) => {
    const isTaken = headers.authorization === "Bearer plain" || verdict === "1";
    response.writeHead(isTaken ? 200 : 401).end();
  });
  for (const first of ["signs", "is plain"]) {
    let isGone = false;
    const go = () => {
      isGone = true;
    };
    const here = (given: object) => (isGone ? undefined : given) as never;
    const wrong =
      first === "signs"
        ? signer({ stored: 7 }, { getAuth: () => here({ id: "7", headers: {} }), invalidate: go }).bound
        : boundAuth("plain", () => here({ headers: { Authorization: new Secret("Bearer old") } }), go);
    const right =
      first === "signs"
        ? boundAuth("plain", () => ({ headers: { Authorization: new Secret("Bearer plain") } }))
        : signer({ stored: 1 }).bound;
    const { dispatcher } = clientOf([{ uri: server.origin, auth: [wrong, right] }]);
    const body = Readable.toWeb(Readable.from([Buffer.alloc(900_000, "x")]));
    const answer = await fetchWith(dispatcher, server.origin, { method: "PUT", body, duplex: "half" });
    assert.is(answer.status, 200, `${first}: ${server.received.at(-1)?.verdict.slice(0, 200)}`);
    assert.is(server.received.at(-1)?.body.length, 900_000);
  }
});

const failing: Record<string, [signs: () => unknown, says: RegExp]> = {
  throws: [
    () => {
      throw new Error("not to be seen");
    },
    /^PLUGIN_FAILED: plugin signer failed with Error/,
  ],
  rejects: [
    async () => Promise.reject(new TypeError("not to be seen")),
    /^PLUGIN_FAILED: plugin signer failed with TypeError/,
  ],
  "gives nothing": [() => undefined, /^PLUGIN_RESULT: plugin signer gave headers that are not/],
  "gives no header": [async () => ({}), /^PLUGIN_RESULT: plugin signer answered signRequest\(\) with no header/],
  "sets the length": [() => ({ "Content-Length": "1" }), /^HEADER_INVALID: plugin signer set Content-Length/],
  "breaks a line": [() => ({ "X-Signature": new Secret("a\r\nb") }), /^HEADER_INVALID: plugin signer gave X-Signature/],
  "sets another plugin's header": [() => ({ x_extra: "mine" }), /^HEADER_COLLISION: plugins extra and signer both set/],
};

for (const [name, [signs, says]] of Object.entries(failing)) {
  test(`a signer that ${name} sends nothing`, async () => {
    const server = await signingServer();
    const { bound } = signer({ stored: 1 }, { signRequest: signs as never });
    const headers = [boundHeaders("extra", () => ({ "X-Extra": "theirs" }))];
    const { dispatcher } = clientOf([{ uri: server.origin, auth: [bound], headers }]);
    const said = await failure(fetchWith(dispatcher, server.origin, { method: "PUT", body: "x" }));
    assert.match(said, says);
    assert.not.match(said, "not to be seen");
    assert.is(server.received.length, 0);
  });
}

test("a signer that hangs is given up after the time-out of its instance", async () => {
  const server = await signingServer();
  const { bound } = signer({ stored: 1 }, { signRequest: () => new Promise(() => {}) });
  const { dispatcher, clock } = clientOf([{ uri: server.origin, auth: [{ ...bound, timeout: 1_000 }] }]);
  const sent = failure(fetchWith(dispatcher, server.origin));
  while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(1_001);
  assert.match(await sent, /^PLUGIN_TIMEOUT: plugin signer did not answer/);
  assert.is(server.received.length, 0);
});

test("what a signer is shown is its own: nothing that it changes is sent", async () => {
  const server = await signingServer();
  const real = signer({ stored: 1 });
  const signRequest = async (request: never, auth: never) => {
    const { headers, url } = request as { headers: [string, string][]; url: URL };
    url.pathname = "/elsewhere";
    const signed = await real.bound.provider.signRequest?.(request, auth);
    for (const pair of headers) pair[1] = "changed";
    headers.length = 0;
    return signed as never;
  };
  const { bound } = signer({ stored: 1 }, { signRequest });
  const { dispatcher } = clientOf([{ uri: server.origin, auth: [bound] }]);
  const answer = await fetchWith(dispatcher, `${server.origin}/x`, { headers: { a: "b" } });
  assert.is(answer.status, 200, server.received[0]?.verdict);
});

test("an answer of getAuth without a header passes only with a signature to come, and an id", async () => {
  for (const [auth, signs, says] of [
    [{ headers: {} }, true, /neither a header nor an id/],
    [{ headers: {}, id: "1" }, false, /with no header/],
  ] as const) {
    const { bound } = signer(
      { stored: 1 },
      { getAuth: () => auth, ...(signs ? {} : { signRequest: undefined as never }) },
    );
    const { authorizer } = authorizerOver([{ uri: "https://h.test", auth: [bound] }]);
    const said = await failure(Promise.resolve(authorizer.authorize({ url: "https://h.test/x", method: "GET" })));
    assert.match(said, says);
  }
});

test("what goes without a credential on purpose is not signed", async () => {
  const server = await signingServer((_request, response) => response.end());
  const { bound, seen } = signer({ stored: 1 }, { getAuth: () => anonymous });
  const { dispatcher } = clientOf([{ uri: server.origin, auth: [bound], anonymous: true }]);
  assert.is((await fetchWith(dispatcher, server.origin)).status, 200);
  assert.is(seen.length, 0);
});

test("below MLflow's AI gateway nothing is signed, whatever the file says of the header", async () => {
  const server = await signingServer();
  for (const gateway of [undefined, { header: "X-Signature" }]) {
    const listed = { uri: server.origin, auth: [signer({ stored: 1 }).bound], ...(gateway && { gateway }) };
    const { dispatcher } = clientOf([listed]);
    const said = await failure(fetchWith(dispatcher, `${server.origin}/gateway/x`, { method: "POST", body: "x" }));
    assert.match(said, /^GATEWAY_CREDENTIAL: .*signer signs requests, and MLflow may pass the signature on/);
  }
  assert.is(server.received.length, 0);
});

test.run();
