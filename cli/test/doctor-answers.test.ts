/** What `doctor` makes of answers that the real servers of the end-to-end tests don't give. */
import { selfSigned } from "@mlflow-auth/test/servers/certificates";
import { startTlsFront } from "@mlflow-auth/test/servers/tls-front";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { answer, doctor, json, open, type Send } from "./doctor-site.js";
import { createSite, type Site } from "./project.js";

const test = suite("doctor: answers");

let site: Site;
test.beforeEach(async () => {
  site = await createSite();
});
test.afterEach(() => site.stop());

test("a server that is well, line by line", async () => {
  answer(site, json);
  const { code, stdout, stderr } = await doctor(site);
  const { host } = new URL(site.upstream.uri);
  assert.is(stderr, "");
  assert.is(
    stdout,
    `mlflow-auth.yaml
  ok    file            mlflow-auth.yaml is valid
  ok    plugins         test (mlflow-auth-plugin-test 1.0.0)

http://${host}
  ok    secret backend  nothing had to be asked just now
  ok    login           none was needed just now
  ok    secret          from test, for the header Authorization
  -     headers         no plugin adds any
  -     run tags        no plugin gives any
  ok    host name       127.0.0.1 is an address itself
  ok    connection      ${host} answers
  ok    health          MLflow 3.17.2 is well
  ok    request         the credential of test is accepted, and MLflow answers
  ok    clock           as that of the server

All is well.
`,
  );
  assert.is(code, 0);
});

test("the credential goes with the one read alone, and nothing is written", async () => {
  answer(site, json);
  await doctor(site);
  assert.equal(
    site.upstream.seen.map(({ method, url, headers }) => [method, url, headers.authorization]),
    [
      ["GET", "/health", undefined],
      ["GET", "/version", undefined],
      ["POST", "/api/2.0/mlflow/experiments/search", "Bearer sesame"],
      ["POST", "/api/2.0/mlflow/experiments/search", undefined],
    ],
  );
});

test("a server that asks for nothing has not accepted anything", async () => {
  answer(site, open);
  const { code, stdout } = await doctor(site);
  assert.is(code, 0);
  assert.match(
    stdout,
    /ok {4}request {9}MLflow answers without a credential, too: whether that of test is the right one/,
  );
  assert.not.match(stdout, "accepted");
});

const told: Record<string, [send: Send, found: RegExp, remedy: RegExp]> = {
  "a permission that MLflow denies": [
    (res) => void res.writeHead(403).end("Permission denied"),
    /MLflow knows the owner of test's credential and denies reading/,
    /the permission READ/,
  ],
  "a sidecar where the server should be": [
    (res) =>
      void res
        .writeHead(403)
        .end('{"error_code":"PERMISSION_DENIED","message":"mlflow-auth proxy: the request lacks"}'),
    /the address of an `mlflow-auth proxy`/,
    /the server's own address into the file, or unset MLFLOW_TRACKING_URI/,
  ],
  "an API that MLflow does not have": [
    (res) => void res.writeHead(404).end('{"error_code":"ENDPOINT_NOT_FOUND"}'),
    /does not know this call \(404\)/,
    /updated/,
  ],
  "a failure of MLflow's own": [
    (res) => void res.writeHead(500).end('{"error_code":"INTERNAL_ERROR","message":"canary"}'),
    /MLflow fails \(500\)/,
    /see the log of MLflow/,
  ],
  "too many requests": [(res) => void res.writeHead(429).end(), /answered 429/, /wait/],
  "a scheme that no plugin speaks": [
    (res) => void res.writeHead(401, { "www-authenticate": 'Negotiate, Canary realm="x"' }).end(),
    /it asks for Negotiate$/m,
    /takes no Bearer/,
  ],
  "a status that MLflow does not use": [
    (res) => void res.writeHead(418).end("canary"),
    /answered 418/,
    /the address of MLflow/,
  ],
  "a body that never ends": [
    (res) => {
      const timer = setInterval(() => res.write("canary".repeat(10_000)), 1);
      res.on("close", () => clearInterval(timer));
    },
    /something else than MLflow's JSON/,
    /the address of MLflow/,
  ],
};

for (const [name, [send, found, remedy]] of Object.entries(told)) {
  test(name, async () => {
    answer(site, send);
    const { code, stdout } = await doctor(site);
    assert.match(stdout, new RegExp(`\\n {2}FAIL {2}request +.*${found.source}`, found.flags));
    assert.match(stdout, new RegExp(`Try this: .*${remedy.source}`));
    assert.is(code, 1);
    assert.not.match(stdout, /canary|sesame/);
  });
}

const SEARCH = "/api/2.0/mlflow/experiments/search";

for (const [location, told] of [
  [`http://x.test/sesame${SEARCH}`, "a page at x.test where a person is to sign in"],
  [`http://x.test/%73esame${SEARCH}`, "a page at x.test where a person is to sign in"],
  [`http://Sesame.x.test${SEARCH}`, "a page where a person is to sign in"],
  ["http://sesame.x.test/login", "a page where a person is to sign in"],
] as const) {
  test(`a redirect that repeats the credential is not repeated: ${location}`, async () => {
    answer(site, (res) => void res.writeHead(302, { location }).end());
    const { stdout } = await doctor(site);
    assert.match(stdout, told);
    assert.not.match(stdout, /sesame/i);
  });
}

test("a long address that the server leads to is not shown", async () => {
  answer(site, (res) => void res.writeHead(302, { location: `http://x.test/${"canary".repeat(100)}${SEARCH}` }).end());
  assert.not.match((await doctor(site)).stdout, /canary/);
});

test("where the server leads from https to http, that address is not recommended", async () => {
  const certificate = await selfSigned();
  const front = await startTlsFront({ upstream: site.upstream.uri, certificate });
  const ca = site.project.write("ca.pem", certificate.cert);
  site.configure(`version: 1\ntrackingUri: ${front.address}\ntls: { ca: "${ca}" }\nplugins:\n  test: { file: FILE }\n`);
  const location = `${front.address.replace("https:", "http:")}${SEARCH}`;
  answer(site, (res) => void res.writeHead(308, { location }).end());
  const { stdout } = await doctor(site);
  await front.stop();
  assert.match(stdout, /sends clients on to http:\S+ \(308\), where everything would travel in the clear/);
  assert.match(stdout, /Try this: have it send them on to https/);
  assert.not.match(stdout, /write http/);
});

test("control characters of a server come out written", async () => {
  // Latin-1 bytes: a control sequence of eight bits, and what a location may hold.
  const location = "http://x.test/\u009b31m\u0085/api/2.0/mlflow/experiments/search";
  answer(site, (res) => void res.writeHead(302, { location }).end(), {
    "/version": (res) => res.end("3.1\u001b[2J"),
  });
  for (const args of [[], ["--json"]]) {
    const { stdout } = await doctor(site, ...args);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not come
    assert.not.match(stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    assert.match(stdout, /sends clients on to/);
  }
});

test("where MLflow answers above a wrong base path, that address is named, and asked without the credential", async () => {
  site.configure("version: 1\ntrackingUri: URI/a/b\nplugins:\n  test: { file: FILE }\n");
  site.upstream.answer = (req, res) => {
    if (req.url === "/health") return void res.end("OK");
    req.resume().on("end", () => res.writeHead(404, { "content-type": "text/html" }).end("<h1>Not Found</h1>"));
  };
  const { stdout } = await doctor(site);
  assert.match(stdout, `MLflow answers at ${site.upstream.uri}: that is the server's address`);
  for (const { url, headers } of site.upstream.seen) {
    assert.is(headers.authorization, url.startsWith("/a/b/api/") ? "Bearer sesame" : undefined, url);
  }
});

test.run();
