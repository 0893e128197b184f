import { request } from "node:http";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { head, type Rig, raw, startRig, whole } from "../rig.js";

const test = suite("which headers pass");

let rig: Rig;
test.before(async () => {
  rig = await startRig({ base: "/base" });
});
test.after(() => rig.stop());

async function seenWith(...headers: string[]) {
  const before = rig.upstream.seen.length;
  const answer = await raw(
    rig.proxy.port,
    head(`GET /${rig.token}/x`, [`host: 127.0.0.1:${rig.proxy.port}`, ...headers]),
  );
  const seen = rig.upstream.seen[before];
  if (seen === undefined) throw new Error(`nothing reached the upstream: ${answer}`);
  return seen;
}

test("the upstream gets its own host", async () => {
  assert.is((await seenWith()).headers.host, `127.0.0.1:${rig.upstream.port}`);
});

const dropped = [
  "keep-alive: timeout=5",
  "te: trailers",
  "trailer: x",
  "proxy-authorization: Basic eA==",
  "proxy-connection: keep-alive",
  "expect: 100-continue",
  "http2-settings: AAAA",
  "x-forwarded-host: evil",
  "x-forwarded-proto: https",
  "X_Forwarded_User: root",
  "x-real-ip: 10.0.0.1",
  "X-Original-URL: /admin",
  "x_original_url: /admin",
  "X-Rewrite-URL: /admin",
  "X_Rewrite-Url: /admin",
  "proxy_authorization: Basic eA==",
  "content_length: 5",
];

for (const line of dropped) {
  test(`${line} stays here`, async () => {
    const name = (line.split(":")[0] as string).toLowerCase();
    const { rawHeaders } = await seenWith(line);
    assert.not(rawHeaders.some((text, index) => index % 2 === 0 && text.toLowerCase() === name));
  });
}

test("what Connection names stays here, in any letter case", async () => {
  const { headers } = await seenWith("connection: X-Private-Hop, close", "x-PRIVATE-hop: 1", "x-other: 2");
  assert.is(headers["x-private-hop"], undefined);
  assert.is(headers["x-other"], "2");
});

test("everything else passes as it is, repeated and odd values too", async () => {
  const { rawHeaders } = await seenWith(
    "X-One: a",
    "x-one: b",
    "X-Empty:",
    "X-Bytes: caf\xe9 \xff",
    "X-MLFLOW-WORKSPACE: team",
    "accept-encoding: br",
  );
  const values = (name: string) =>
    rawHeaders.flatMap((text, i) => (i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === name ? [text] : []));
  assert.equal(values("x-one"), ["a", "b"]);
  assert.equal(values("x-empty"), [""]);
  assert.equal(values("x-bytes"), ["caf\xe9 \xff"]);
  assert.equal(values("x-mlflow-workspace"), ["team"]);
  assert.equal(values("accept-encoding"), ["br"]);
});

test("the client's own credentials give way to the file's", async () => {
  const { headers, url } = await seenWith(
    "authorization: Bearer ambient",
    "X-API-Key: ambient",
    "Authorization: Basic eA==",
  );
  assert.is(headers.authorization, "Bearer first");
  assert.is(headers["x-api-key"], undefined);
  assert.is(url, "/base/x");
});

test("a browser's Origin and Referer become the upstream's, without the token", async () => {
  const own = `http://127.0.0.1:${rig.proxy.port}`;
  const { headers } = await seenWith(`origin: ${own}`, `referer: ${own}/${rig.token}/experiments/1?x=2`);
  assert.is(headers.origin, rig.upstream.uri);
  assert.is(headers.referer, `${rig.upstream.uri}/base/experiments/1?x=2`);
});

const referers: Record<string, [given: (rig: Rig) => string, passed: string | undefined]> = {
  "under another name of the proxy": [
    ({ proxy, token }) => `http://localhost:${proxy.port}/${token}/a`,
    "UPSTREAM/base/a",
  ],
  "without the token": [({ proxy }) => `http://127.0.0.1:${proxy.port}/a`, undefined],
  "with another port and a token": [() => "http://127.0.0.1:1/another-token/a", "http://127.0.0.1:1/"],
  "of another site": [() => "https://example.com/page?x", "https://example.com/"],
  "that is no address": [() => "about:blank", undefined],
};

for (const [name, [given, passed]] of Object.entries(referers)) {
  test(`a Referer ${name} ${passed === undefined ? "is dropped" : `goes on as ${passed}`}`, async () => {
    const { headers } = await seenWith(`referer: ${given(rig)}`);
    assert.is(headers.referer, passed?.replace("UPSTREAM", rig.upstream.uri));
  });
}

test("no header carries the token to the upstream", async () => {
  const escaped = `%${rig.token.charCodeAt(0).toString(16)}${rig.token.slice(1)}`;
  const own = `http://127.0.0.1:${rig.proxy.port}/${rig.token}`;
  for (const line of [`x-url: /${rig.token}/x`, `x-other: a${escaped}b`, `referer: ${own}/x?from=${own}/y`]) {
    const { rawHeaders } = await seenWith(line);
    assert.not(rawHeaders.join("\n").includes(rig.token.slice(1)), line);
  }
});

test("repeated headers of an answer stay apart, its hop's own stay there", async () => {
  rig.upstream.answer = whole((_req, res) => {
    res.writeHead(200, "Very Fine", [
      ["set-cookie", "a=1; HttpOnly"],
      ["set-cookie", "b=2"],
      ["x-hop", "1"],
      ["connection", "x-hop"],
      ["keep-alive", "timeout=77"],
      ["proxy-authenticate", "Basic"],
      ["alt-svc", 'h3=":443"'],
      ["www-authenticate", "Basic"],
      ["x-bytes", "caf\xe9"],
      ["content-length", "2"],
    ]);
    // As a string, node would write the head in the body's encoding.
    res.end(Buffer.from("ok"));
  });
  const answer = await raw(rig.proxy.port, head(`GET /${rig.token}/x`, [`host: 127.0.0.1:${rig.proxy.port}`]));
  assert.match(answer, /set-cookie: a=1; HttpOnly\r\nset-cookie: b=2\r\n/i);
  assert.match(answer, /www-authenticate: Basic/i);
  assert.match(answer, /x-bytes: caf\xe9\r\n/i);
  assert.match(answer, /content-length: 2\r\n/i);
  for (const name of ["x-hop", "timeout=77", "proxy-authenticate", "alt-svc"]) {
    assert.not(answer.includes(name), name);
  }
});

for (const phrase of ["Very Fine", "€", "caf\xe9", ""]) {
  test(`an answer with the phrase "${phrase}" gets the usual one`, async () => {
    rig.upstream.answer = (req) => {
      req.socket.end(`HTTP/1.1 200 ${phrase}\r\ncontent-length: 2\r\n\r\nok`);
    };
    const answer = await raw(rig.proxy.port, head(`GET /${rig.token}/x`, [`host: 127.0.0.1:${rig.proxy.port}`]));
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
    assert.ok(answer.endsWith("\r\n\r\nok"));
  });
}

test("a policy that tells other sites the path is not passed on", async () => {
  rig.upstream.answer = whole((_req, res) => res.setHeader("referrer-policy", "unsafe-url").end());
  const answer = await fetch(`${rig.proxy.url}/x`);
  assert.is(answer.headers.get("referrer-policy"), "strict-origin-when-cross-origin");
});

for (const status of [204, 304]) {
  test(`an answer with ${status} has no body and keeps its connection`, async () => {
    rig.upstream.answer = whole((_req, res) => res.writeHead(status, { etag: '"1"' }).end());
    const answer = await raw(rig.proxy.port, head(`GET /${rig.token}/x`, [`host: 127.0.0.1:${rig.proxy.port}`]));
    assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
    assert.match(answer, /etag: "1"/i);
    assert.ok(answer.endsWith("\r\n\r\n"));
    assert.not.match(answer, /transfer-encoding/i);
  });
}

test("HEAD keeps the length and has no body", async () => {
  rig.upstream.answer = whole((req, res) => {
    assert.is(req.method, "HEAD");
    res.writeHead(200, { "content-length": 12345 }).end();
  });
  const answer = await raw(rig.proxy.port, head(`HEAD /${rig.token}/x`, [`host: 127.0.0.1:${rig.proxy.port}`]));
  assert.match(answer, /content-length: 12345/i);
  assert.ok(answer.endsWith("\r\n\r\n"));
});

test("interim answers of the upstream don't disturb", async () => {
  rig.upstream.answer = whole((_req, res) => {
    res.writeProcessing();
    res.writeEarlyHints({ link: "</x>; rel=preload" });
    res.end("final");
  });
  assert.is(await (await fetch(`${rig.proxy.url}/x`)).text(), "final");
});

const bodies = ["DELETE", "GET", "POST", "PUT", "PATCH", "OPTIONS"];
for (const method of bodies) {
  for (const chunked of [false, true]) {
    test(`${method} with a body ${chunked ? "in chunks" : "of declared length"} reaches the upstream whole`, async () => {
      rig.upstream.answer = whole((_req, res) => res.end("ok"));
      const before = rig.upstream.seen.length;
      const body = '{"name":"model"}';
      const status = await new Promise((resolve, reject) => {
        const headers = chunked ? { "transfer-encoding": "chunked" } : { "content-length": body.length };
        const req = request(`${rig.proxy.url}/y`, { method, headers, agent: false }, (res) => {
          res.resume();
          res.on("end", () => resolve(res.statusCode));
        });
        req.on("error", reject);
        req.end(body);
      });
      assert.is(status, 200);
      const seen = rig.upstream.seen[before];
      assert.is(seen?.method, method);
      assert.is(seen?.body, body);
      assert.is(seen?.headers["content-length"], chunked ? undefined : String(body.length));
    });
  }
}

test("a POST without a body says so", async () => {
  const before = rig.upstream.seen.length;
  await raw(rig.proxy.port, head(`POST /${rig.token}/x`, [`host: 127.0.0.1:${rig.proxy.port}`]));
  await raw(rig.proxy.port, head(`POST /${rig.token}/x`, [`host: 127.0.0.1:${rig.proxy.port}`, "content-length: 0"]));
  const lengths = rig.upstream.seen.slice(before).map(({ headers }) => headers["content-length"]);
  assert.equal(lengths, ["0", "0"]);
});

test("the query passes as it is, repeated keys and escapes too", async () => {
  const before = rig.upstream.seen.length;
  await raw(
    rig.proxy.port,
    head(`GET /${rig.token}/q?a=1&a=2&b=%2F..%2f&c=+%20&d`, [`host: 127.0.0.1:${rig.proxy.port}`]),
  );
  assert.is(rig.upstream.seen[before]?.url, "/base/q?a=1&a=2&b=%2F..%2f&c=+%20&d");
});

test.run();
