import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { head, type Rig, raw, startRig } from "../rig.js";

const test = suite("what the proxy refuses");

let rig: Rig;
test.before(async () => {
  rig = await startRig({ base: "/base" });
});
test.after(() => rig.stop());

interface Case {
  /** `TOKEN`, `CUT` and `ESCAPED` stand for the token and spoilt forms of it, `HOST` and `PORT` for the proxy's, `UPSTREAM` for a port. */
  readonly line: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly status: number;
}

const host = "host: HOST";

const cases: Record<string, Case> = {
  "no token": { line: "GET /api/x", status: 403 },
  "an empty path": { line: "GET /", status: 403 },
  "another token": { line: "GET /0123456789012345678901234567890123456789012/api/x", status: 403 },
  "a token cut short": { line: "GET /CUT/api/x", status: 403 },
  "a token with more behind it": { line: "GET /TOKENx/api", status: 403 },
  "the token in the second segment": { line: "GET /api/TOKEN/x", status: 403 },
  "the token after two slashes": { line: "GET //TOKEN/api/x", status: 403 },
  "the token in the query": { line: "GET /?token=TOKEN", status: 403 },
  "an escaped token": { line: "GET /ESCAPED/api", status: 403 },
  "another host": { line: "GET /TOKEN/api", headers: ["host: evil.example.com"], status: 403 },
  "a rebound host with the right port": {
    line: "GET /TOKEN/api",
    headers: ["host: evil.example.com:PORT"],
    status: 403,
  },
  "a host without the port": { line: "GET /TOKEN/api", headers: ["host: 127.0.0.1"], status: 403 },
  "a host with another port": { line: "GET /TOKEN/api", headers: ["host: 127.0.0.1:1"], status: 403 },
  "a host with a trailing dot": { line: "GET /TOKEN/api", headers: ["host: localhost.:PORT"], status: 403 },
  "a host with userinfo": { line: "GET /TOKEN/api", headers: ["host: a@127.0.0.1:PORT"], status: 403 },
  "loopback written as a number": { line: "GET /TOKEN/api", headers: ["host: 2130706433:PORT"], status: 403 },
  "two hosts": { line: "GET /TOKEN/api", headers: [host, host], status: 403 },
  "no host": { line: "GET /TOKEN/api", headers: ["x: y"], status: 400 },
  "a foreign origin": { line: "POST /TOKEN/api", headers: [host, "origin: https://evil.example.com"], status: 403 },
  "the origin null": { line: "POST /TOKEN/api", headers: [host, "origin: null"], status: 403 },
  "an origin with another port": { line: "GET /TOKEN/api", headers: [host, "origin: http://127.0.0.1:1"], status: 403 },
  "an origin with https": { line: "GET /TOKEN/api", headers: [host, "origin: https://HOST"], status: 403 },
  "an own origin and a foreign one": {
    line: "GET /TOKEN/api",
    headers: [host, "origin: http://HOST", "origin: http://evil"],
    status: 403,
  },
  "X-Forwarded-For": { line: "GET /TOKEN/api", headers: [host, "X-Forwarded-For: 10.0.0.1"], status: 403 },
  X_Forwarded_For: { line: "GET /TOKEN/api", headers: [host, "X_Forwarded_For: 10.0.0.1"], status: 403 },
  Forwarded: { line: "GET /TOKEN/api", headers: [host, "forwarded: for=10.0.0.1"], status: 403 },
  "an absolute target": { line: "GET http://HOST/TOKEN/api", status: 400 },
  "an absolute target elsewhere": { line: "GET http://169.254.169.254/latest", status: 400 },
  "an asterisk": { line: "OPTIONS *", status: 400 },
  CONNECT: { line: "CONNECT 127.0.0.1:22", status: 405 },
  "CONNECT with a path": { line: "CONNECT /TOKEN/api", status: 405 },
  TRACE: { line: "TRACE /TOKEN/api", status: 405 },
  "an upgrade to a web socket": {
    line: "GET /TOKEN/api",
    headers: [host, "connection: upgrade", "upgrade: websocket"],
    status: 501,
  },
  "dot segments": { line: "GET /TOKEN/../other", status: 400 },
  "dot segments that lead out of the base path": { line: "GET /TOKEN/../../other", status: 400 },
  "escaped dot segments": { line: "GET /TOKEN/a/%2e%2e/b", status: 400 },
  "escaped slashes that form dot segments": { line: "GET /TOKEN/a%2f..%2fb", status: 400 },
  "twice escaped dot segments": { line: "GET /TOKEN/a/%252e%252e/b", status: 400 },
  "dot segments between backslashes": { line: "GET /TOKEN/a\\..\\b", status: 400 },
  "an escaped NUL": { line: "GET /TOKEN/a%00b", status: 400 },
  "another host in the path": { line: "GET /TOKEN//evil.example.com/x", status: 0 },
  "a named server that is not listed": { line: "GET /TOKEN/~http:evil.example.com/x", status: 403 },
  "a named server with userinfo": { line: "GET /TOKEN/~http:a@127.0.0.1:UPSTREAM/base/x", status: 400 },
  "a named server outside of its base path": { line: "GET /TOKEN/~http:127.0.0.1:UPSTREAM/other", status: 403 },
  "a named server with no scheme of ours": { line: "GET /TOKEN/~file:etc/passwd", status: 0 },
  "metadata of the cloud": { line: "GET /TOKEN/~http:169.254.169.254/latest/meta-data", status: 403 },
  "a length twice": {
    line: "POST /TOKEN/a",
    headers: [host, "content-length: 1", "content-length: 1"],
    body: "a",
    status: 400,
  },
  "a length and chunks": {
    line: "POST /TOKEN/a",
    headers: [host, "content-length: 5", "transfer-encoding: chunked"],
    body: "0\r\n\r\n",
    status: 400,
  },
  "a length under another spelling": {
    line: "POST /TOKEN/a",
    headers: [host, "content-length: 1", "content_length: 9"],
    body: "a",
    status: 400,
  },
  "chunks under another spelling": { line: "POST /TOKEN/a", headers: [host, "transfer_encoding: chunked"], status: 0 },
  "chunks named twice": {
    line: "POST /TOKEN/a",
    headers: [host, "transfer-encoding: chunked", "transfer-encoding: chunked"],
    body: "0\r\n\r\n",
    status: 400,
  },
  "an encoding that is not chunked": { line: "POST /TOKEN/a", headers: [host, "transfer-encoding: gzip"], status: 400 },
  "an encoding before chunked": {
    line: "POST /TOKEN/a",
    headers: [host, "transfer-encoding: gzip, chunked"],
    body: "0\r\n\r\n",
    status: 400,
  },
  "a tab before chunked's comma": {
    line: "POST /TOKEN/a",
    headers: [host, "transfer-encoding: chunked, identity"],
    body: "0\r\n\r\n",
    status: 400,
  },
  "a negative length": { line: "POST /TOKEN/a", headers: [host, "content-length: -1"], status: 400 },
  "a length with a sign": { line: "POST /TOKEN/a", headers: [host, "content-length: +1"], body: "a", status: 400 },
  "a folded header": { line: "GET /TOKEN/a", headers: [host, "x: a\r\n b"], status: 0 },
  "a space before a colon": { line: "GET /TOKEN/a", headers: [host, "x : a"], status: 400 },
  "a bare line feed in a value": {
    line: "GET /TOKEN/a",
    headers: [host, "x: a\nTransfer-Encoding: chunked"],
    status: 400,
  },
};

for (const [name, { line, headers = [host], body = "", status }] of Object.entries(cases)) {
  const says = status === 0 ? "is not passed on as it stands" : `gets ${status}`;
  test(`${name} ${says}`, async () => {
    const { token, proxy, upstream } = rig;
    const before = upstream.seen.length;
    const uses = proxy.uses;
    const text = head(line, headers)
      .replace("CUT", token.slice(0, -1))
      .replace("ESCAPED", escaped(token))
      .replaceAll("TOKEN", token)
      .replaceAll("HOST", `127.0.0.1:${proxy.port}`)
      .replaceAll("PORT", String(proxy.port))
      .replaceAll("UPSTREAM", String(upstream.port));
    const answer = await raw(proxy.port, text + body);
    if (status === 0) {
      for (const { url, headers } of upstream.seen.slice(before)) {
        assert.ok(url.startsWith("/base/"), url);
        assert.is(headers["transfer_encoding"], undefined, "a hop's header in another spelling");
      }
      return;
    }
    assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), text);
    assert.is(upstream.seen.length, before, "nothing may reach the upstream");
    assert.not(answer.includes(token), "the token must not be told");
    if (status === 403 && !/~|TOKENx/.test(line)) assert.is(proxy.uses, uses);
    const { error_code, message } = JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4));
    if (status === 403) assert.is(error_code, "PERMISSION_DENIED");
    assert.match(message, /^mlflow-auth proxy: .+\. Try this: [a-z]/, "what is wrong, and what to do");
  });
}

const again: Record<string, (token: string) => string> = {
  "in the path": (token) => `/x/${token}`,
  "as a part of a segment": (token) => `/x/a${token}b/c`,
  "in the query": (token) => `/x?next=http://h/${token}/y`,
  "escaped in the path": (token) => `/x/${escaped(token)}`,
  "escaped in the query": (token) => `/?a=%zz&b=${escaped(token)}`,
  "escaped twice": (token) => `/x?a=${escaped(token).replace("%", "%25")}`,
  "for a named server": (token) => `/~http:evil.example.com/${token}`,
};

for (const [name, rest] of Object.entries(again)) {
  test(`the token once more ${name} is refused, so that no server gets it`, async () => {
    const { token, proxy, upstream } = rig;
    const before = upstream.seen.length;
    const answer = await raw(proxy.port, head(`GET /${token}${rest(token)}`, [`host: 127.0.0.1:${proxy.port}`]));
    assert.match(answer, /^HTTP\/1\.1 400 /);
    assert.match(
      answer,
      /"BAD_REQUEST","message":"mlflow-auth proxy: the path or the query holds the token of this proxy/,
    );
    assert.is(upstream.seen.length, before);
    assert.not(answer.includes(token));
  });
}

function escaped(token: string): string {
  return token.replace(/^./, (first) => `%${first.charCodeAt(0).toString(16)}`);
}

for (const name of ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"]) {
  test(`the host ${name} is the proxy's`, async () => {
    const answer = await raw(rig.proxy.port, head(`GET /${rig.token}/ok`, [`host: ${name}:${rig.proxy.port}`]));
    assert.match(answer, /^HTTP\/1\.1 200 /);
  });
}

test("a name is the proxy's if it was allowed", async () => {
  const other = await startRig({ allowHosts: ["sidecar"] });
  try {
    const ask = (name: string) =>
      raw(other.proxy.port, head(`GET /${other.token}/ok`, [`host: ${name}:${other.proxy.port}`]));
    assert.match(await ask("sidecar"), /^HTTP\/1\.1 200 /);
    assert.match(await ask("sidecar2"), /^HTTP\/1\.1 403 /);
  } finally {
    await other.stop();
  }
});

test("an offer of HTTP/2 is passed over, and the request goes on without it", async () => {
  const before = rig.upstream.seen.length;
  const headers = [
    `host: 127.0.0.1:${rig.proxy.port}`,
    "connection: Upgrade, HTTP2-Settings, close",
    "upgrade: h2c",
    "HTTP2-Settings: AAMAAABkAAQCAAAA",
    "content-length: 5",
  ];
  const answer = await raw(
    rig.proxy.port,
    `${[`POST /${rig.token}/ok HTTP/1.1`, ...headers].join("\r\n")}\r\n\r\nhello`,
  );
  assert.match(answer, /^HTTP\/1\.1 200 /);
  const [seen] = rig.upstream.seen.slice(before);
  assert.is(seen?.body, "hello");
  assert.is(seen?.headers.upgrade, undefined);
  assert.is(seen?.headers["http2-settings"], undefined);
});

test("a request smuggled behind a refused one is not answered", async () => {
  const before = rig.upstream.seen.length;
  const inner = `GET /${rig.token}/smuggled HTTP/1.1\r\nhost: 127.0.0.1:${rig.proxy.port}\r\n\r\n`;
  const outer = [
    `POST /wrong/x HTTP/1.1`,
    `host: 127.0.0.1:${rig.proxy.port}`,
    `content-length: ${inner.length}`,
    "connection: close",
  ].join("\r\n");
  const answer = await raw(rig.proxy.port, `${outer}\r\n\r\n${inner}`);
  assert.is(answer.match(/HTTP\/1\.1/g)?.length, 1);
  assert.is(rig.upstream.seen.length, before);
});

for (const [client, first] of Object.entries({
  "a newcomer's": "",
  // What follows this head is one piece, which Node's parser reads to its end whatever became of the connection meanwhile.
  "an admitted client's": "GET /TOKEN/first HTTP/1.1\r\nhost: HOST\r\n\r\n",
})) {
  test(`a request that follows an early last answer on ${client} connection is not passed on`, async () => {
    const before = rig.upstream.seen.length;
    const { token, proxy } = rig;
    const refused = "PUT /TOKEN/~http:unlisted/x HTTP/1.1\r\nhost: HOST\r\ncontent-length: 5\r\n\r\nhello";
    const sent = (
      first +
      (first === "" ? refused.replace("TOKEN", "wrong") : refused) +
      head(`GET /TOKEN/second`, ["host: HOST"])
    )
      .replaceAll("TOKEN", token)
      .replaceAll("HOST", `127.0.0.1:${proxy.port}`);
    const answer = await raw(proxy.port, sent);
    assert.match(answer.slice(answer.lastIndexOf("HTTP/1.1")), /^HTTP\/1\.1 403 /);
    const passed = rig.upstream.seen.slice(before).map(({ url }) => url);
    assert.not.ok(passed.includes("/base/second"), passed.join());
  });
}

for (const version of ["1.0", "1.1"]) {
  const taken = version === "1.1";
  test(`chunks in HTTP/${version} are ${taken ? "passed on" : "refused: that version knows none, and a server may not read them"}`, async () => {
    const before = rig.upstream.seen.length;
    const lines = [
      `POST /${rig.token}/ok HTTP/${version}`,
      `host: 127.0.0.1:${rig.proxy.port}`,
      "transfer-encoding: chunked",
      "connection: close",
    ];
    const answer = await raw(rig.proxy.port, `${lines.join("\r\n")}\r\n\r\n5\r\nhello\r\n0\r\n\r\n`);
    assert.match(answer, taken ? /^HTTP\/1\.1 200 / : /^HTTP\/1\.1 400 /);
    assert.equal(
      rig.upstream.seen.slice(before).map(({ body }) => body),
      taken ? ["hello"] : [],
    );
  });
}

test.run();
