import { Readable } from "node:stream";
import { suite } from "@mlflow-auth/test/suite";
import { request as undiciRequest } from "undici";
import * as assert from "uvu/assert";
import { isMlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { Secret } from "../../src/secret/secret.js";
import { echoServer, type Received } from "../connection/echo-server.js";
import { boundAuth, boundTags } from "../pipeline/authorizer-fixture.js";
import { fetchWith } from "./client-fixture.js";
import { setting } from "./run-tag-setting.js";

const test = suite("run tags on the wire");
const CREATE = "/api/2.0/mlflow/runs/create";
const BODY = '{"experiment_id": "1", "start_time": 9223372036854775807, "tags": [{"key": "mine", "value": "é"}] }';
const TAGGED = BODY.replace('"é"}', '"é"},{"key":"team","value":"ä"}');
const MIB = 1024 * 1024;

const send = (dispatcher: unknown, url: string, init: object) =>
  fetchWith(dispatcher, url, { method: "POST", ...init });

async function* pieces(text: string): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
}

const bodies: Record<string, () => unknown> = {
  "a text": () => BODY,
  "a Buffer": () => Buffer.from(BODY),
  "a view": () => new Uint8Array(new TextEncoder().encode(`xx${BODY}`).buffer, 2),
  "a Blob": () => new Blob([BODY], { type: "application/json" }),
  "a stream": () => Readable.from([Buffer.from(BODY.slice(0, 20)), Buffer.from(BODY.slice(20))]),
  "a stream of texts": () => Readable.from([BODY.slice(0, 20), BODY.slice(20)]),
  "an async iterable": () => pieces(BODY),
  "a list of chunks": () => [Buffer.from(BODY)],
};

for (const [name, body] of Object.entries(bodies)) {
  test(`undici, the body as ${name}: the tags come in, every other byte stays`, async () => {
    const { server, dispatcher, log, told, close } = await setting();
    for (const headers of [
      { "Content-Type": "application/json" },
      ["content-length", String(Buffer.byteLength(BODY))],
    ]) {
      const answer = await undiciRequest(server.origin + CREATE, {
        dispatcher,
        method: "POST",
        headers: headers as never,
        body: body() as never,
      });
      assert.is(await answer.body.text(), TAGGED);
      assert.is(server.received.at(-1)?.headers["content-length"], String(Buffer.byteLength(TAGGED)));
    }
    assert.is(server.received[0]?.headers["content-type"], "application/json");
    assert.equal([told[0]?.experimentId, { ...told[0]?.tags }], ["1", { mine: "é" }]);
    assert.equal(log, []);
    await close();
  });
}

test("a Blob's own type is still sent", async () => {
  const { server, dispatcher, close } = await setting();
  const body = new Blob([BODY], { type: "application/json" });
  await (await undiciRequest(server.origin + CREATE, { dispatcher, method: "POST", body: body as never })).body.dump();
  assert.is(server.received[0]?.headers["content-type"], "application/json");
  await close();
});

const fetched: Record<string, () => object> = {
  "a text": () => ({ body: BODY }),
  bytes: () => ({ body: new TextEncoder().encode(BODY) }),
  "a Blob": () => ({ body: new Blob([BODY]) }),
  "a stream": () => ({ body: new Blob([BODY]).stream(), duplex: "half" }),
};

for (const [name, init] of Object.entries(fetched)) {
  test(`fetch, the body as ${name}: the tags come in`, async () => {
    const { server, dispatcher, close } = await setting();
    assert.is(await (await send(dispatcher, server.origin + CREATE, init())).text(), TAGGED);
    await close();
  });
}

test("at every address of runs/create, and nowhere else", async () => {
  const { server, dispatcher, told, close } = await setting({ base: "/base" });
  for (const path of [
    "/base/ajax-api/2.0/mlflow/runs/create",
    "/base/more/api/3.0/mlflow/runs/create?a=b",
    "/base/api/2.0/mlflow/runs/%63reate",
  ]) {
    assert.is(await (await send(dispatcher, server.origin + path, { body: BODY })).text(), TAGGED, path);
  }
  const asked = told.length;
  for (const path of [CREATE, "/base/api/2.0/mlflow/runs/update", "/base/x?y=/api/2.0/mlflow/runs/create"]) {
    assert.is(await (await send(dispatcher, server.origin + path, { body: BODY })).text(), BODY, path);
  }
  assert.is(
    await (await send(dispatcher, `${server.origin}/base${CREATE}`, { method: "PUT", body: BODY })).text(),
    BODY,
  );
  assert.is(told.length, asked);
  await close();
});

test("after a rejection the request goes out again with its tags, also one that came as a stream", async () => {
  const server = await echoServer((seen, response) => {
    response.writeHead(seen.headers.authorization === "Bearer new" ? 200 : 401).end(seen.body);
  });
  const bearer = (token: string) => ({ headers: { Authorization: new Secret(`Bearer ${token}`) } });
  let current = bearer("old");
  const renew = () => {
    current = bearer("new");
  };
  const { dispatcher, told, close } = await setting({ server, auth: boundAuth("a", () => current, renew) });
  const body = Readable.from([BODY]);
  const answer = await undiciRequest(server.origin + CREATE, { dispatcher, method: "POST", body });
  assert.is(await answer.body.text(), TAGGED);
  assert.is(answer.statusCode, 200);
  assert.equal(
    server.received.map((seen) => seen.body),
    [TAGGED, TAGGED],
  );
  assert.is(told.length, 1);
  await close();
});

test("a redirect within the server takes the tags along once, one to elsewhere none", async () => {
  const elsewhere = await echoServer();
  const server = await echoServer((seen, response) => {
    if (seen.url.startsWith("/api")) response.end(seen.body);
    else response.writeHead(307, { location: seen.url === `/in${CREATE}` ? CREATE : elsewhere.origin + CREATE }).end();
  });
  const { dispatcher, close } = await setting({ server });
  assert.is(await (await send(dispatcher, `${server.origin}/in${CREATE}`, { body: BODY })).text(), TAGGED);
  assert.is(await (await send(dispatcher, `${server.origin}/out${CREATE}`, { body: BODY })).text(), BODY);
  await close();
  await elsewhere.close();
});

test("a provider that fails: nothing is sent, and the caller gets its error; other requests pass", async () => {
  const broken = boundTags("broken", () => Promise.reject(new TypeError("no")));
  const { server, dispatcher, close } = await setting({ tags: [broken] });
  const direct = await undiciRequest(server.origin + CREATE, { dispatcher, method: "POST", body: BODY }).catch(
    (e) => e,
  );
  assert.ok(isMlflowAuthError(direct), String(direct));
  const thrown = await send(dispatcher, server.origin + CREATE, { body: BODY }).catch((error) => error);
  assert.match(thrown.cause.message, /no run is created on .* without the tags of broken/);
  assert.is(server.received.length, 0);
  assert.is((await send(dispatcher, `${server.origin}/api/2.0/mlflow/runs/update`, { body: BODY })).status, 200);
  await close();
});

test("without anything to add every byte is as it was, framing included", async () => {
  const { server, dispatcher, close } = await setting({ tags: [boundTags("none", () => ({}))] });
  const headers = { "content-length": String(Buffer.byteLength(BODY)) };
  for (const body of [BODY, Readable.from([BODY])]) {
    const answer = await undiciRequest(server.origin + CREATE, { dispatcher, method: "POST", headers, body });
    assert.is(await answer.body.text(), BODY);
  }
  await close();
});

const large = `{"x":"${"x".repeat(MIB)}"}`;
const signed = { Authorization: "AWS4-HMAC-SHA256 Credential=x" };
const untouched: Record<string, [init: object, why: RegExp]> = {
  "no JSON": [{ body: "{" }, /not a JSON object that describes a run/],
  "no body": [{}, /it has no body/],
  "more than 1 MiB": [{ body: large }, /longer than 1 MiB/],
  "a stream of more than 1 MiB": [{ body: new Blob([large]).stream(), duplex: "half" }, /longer than 1 MiB/],
  compressed: [{ body: BODY, headers: { "content-encoding": "gzip" } }, /compressed/],
  "with a digest": [{ body: BODY, headers: { "Content-Digest": "sha-256=:x=:" } }, /digest/],
  "signed by the client": [{ body: BODY, headers: signed }, /signed by the client/],
};

for (const [name, [init, why]] of Object.entries(untouched)) {
  test(`what can't be changed passes as it is, and a warning says so each time: ${name}`, async () => {
    const { server, dispatcher, log, told, close } = await setting();
    const body = "body" in init ? (typeof init.body === "string" ? init.body : large) : "";
    const rounds = "duplex" in init ? 1 : 2;
    for (let i = 0; i < rounds; i++) {
      assert.is(await (await send(dispatcher, server.origin + CREATE, init)).text(), body);
    }
    assert.is(told.length, 0);
    assert.is(log.length, rounds);
    assert.match(log[0]?.message as string, why);
    assert.match(log[0]?.message as string, /without the tags of team/);
    await close();
  });
}

test("a text of more than 1 MiB from undici passes as it is, though it describes a run", async () => {
  const { server, dispatcher, log, told, close } = await setting();
  const body = BODY.replace("{", `{"name": "${"x".repeat(MIB)}",`);
  const answer = await undiciRequest(server.origin + CREATE, { dispatcher, method: "POST", body });
  assert.ok((await answer.body.text()) === body);
  assert.is(told.length, 0);
  assert.match(log[0]?.message as string, /longer than 1 MiB/);
  await close();
});

test("a stream of more than 1 MiB from undici passes whole and in order", async () => {
  const { server, dispatcher, log, close } = await setting();
  const chunks = Array.from({ length: 40 }, (_, i) => String(i % 10).repeat(64 * 1024));
  const answer = await undiciRequest(server.origin + CREATE, {
    dispatcher,
    method: "POST",
    body: Readable.from(chunks),
  });
  assert.ok((await answer.body.text()) === chunks.join(""));
  assert.is(log.length, 1);
  await close();
});

test("a signature that the credential replaces is no obstacle", async () => {
  const { server, dispatcher, close } = await setting({
    auth: boundAuth("a", () => ({ headers: { Authorization: "Bearer x" } })),
  });
  const headers = { Authorization: "AWS4-HMAC-SHA256 Credential=x", "content-encoding": "identity" };
  const answer = await send(dispatcher, server.origin + CREATE, { body: BODY, headers });
  assert.is(await answer.text(), TAGGED);
  assert.is((server.received[0] as Received).headers.authorization, "Bearer x");
  await close();
});

test("a body whose source fails is an error, and nothing is sent", async () => {
  const { server, dispatcher, close } = await setting();
  const body = (async function* () {
    yield Buffer.from("{");
    throw new Error("the source failed");
  })();
  const thrown = await undiciRequest(server.origin + CREATE, { dispatcher, method: "POST", body: body as never }).catch(
    (error) => error,
  );
  assert.match(thrown.message, "the source failed");
  assert.is(server.received.length, 0);
  await close();
});

test("an abort while the tags are fetched ends the request before anything is sent", async () => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<Record<string, string>>();
  const slow = boundTags("slow", () => {
    asked.resolve();
    return answer.promise;
  });
  const { server, dispatcher, close } = await setting({ tags: [slow] });
  const controller = new AbortController();
  const { signal } = controller;
  const pending = send(dispatcher, server.origin + CREATE, { body: BODY, signal }).catch((error) => error);
  await asked.promise;
  controller.abort();
  assert.is((await pending).name, "AbortError");
  answer.resolve({ a: "1" });
  await new Promise((resolve) => setImmediate(resolve));
  await close();
  assert.is(server.received.length, 0);
});

for (const what of ["whose body never comes", "whose tags never come"]) {
  test(`an abort ends a request of undici's own ${what}, and lets go of its body`, async () => {
    const begun = Promise.withResolvers<void>();
    const late = Promise.withResolvers<Record<string, string>>();
    const tags = boundTags("tags", () => {
      begun.resolve();
      return late.promise;
    });
    const { server, dispatcher, close } = await setting({ tags: [tags] });
    const body = new Readable({ read: () => undefined });
    if (what === "whose tags never come") body.push(BODY) && body.push(null);
    else begun.resolve();
    const controller = new AbortController();
    const options = { dispatcher, method: "POST", body, signal: controller.signal } as const;
    const pending = undiciRequest(server.origin + CREATE, options).catch((error) => error);
    await begun.promise;
    controller.abort();
    assert.is((await pending).name, "AbortError");
    assert.ok(body.destroyed);
    late.resolve({});
    await close();
    assert.is(server.received.length, 0);
  });
}

test.run();
