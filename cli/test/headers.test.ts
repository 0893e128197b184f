import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { run, runUntil } from "./command.js";
import { createSite, type Site } from "./project.js";

const test = suite("headers");

let site: Site;
test.beforeEach(async () => {
  site = await createSite();
});
test.afterEach(() => site.stop());

const headers = (...args: string[]) => run(["headers", ...args], { cwd: site.project.folder });

test("as JSON, masked", async () => {
  const url = `${site.upstream.uri}/api/2.0/mlflow/runs/get?run_id=1`;
  const { code, stdout, stderr } = await headers(url, "--json");
  assert.is(code, 0);
  assert.equal(JSON.parse(stdout), {
    url,
    server: site.upstream.uri,
    headers: { Authorization: "[secret]" },
    sources: { Authorization: "test" },
  });
  assert.not((stdout + stderr).includes("sesame"));
  assert.is(site.upstream.seen.length, 0, "the server is not asked");
});

test("in clear only when asked for, and said so", async () => {
  const { code, stdout, stderr } = await headers(site.upstream.uri, "--json", "--show-secrets");
  assert.is(code, 0);
  assert.is(JSON.parse(stdout).headers.Authorization, "Bearer sesame");
  assert.match(stderr, /in clear text/);
});

test("for people", async () => {
  const { code, stdout } = await headers(site.upstream.uri);
  assert.is(code, 0);
  assert.is(stdout, `${site.upstream.uri} gets\n  Authorization: [secret]   from test\n`);
});

test("a server without any", async () => {
  site.configure(
    "version: 1\nservers:\n  - { uri: URI, auth: [], headers: [], tags: [] }\nplugins:\n  test: { file: FILE }\n",
  );
  const { code, stdout } = await headers(site.upstream.uri, "--json");
  assert.is(code, 0);
  assert.equal(JSON.parse(stdout).headers, {});
});

const unlisted: Record<string, [url: string, said: RegExp]> = {
  "another host": [
    "https://other.example.com/x?token=canary",
    /^DESTINATION_UNLISTED: https:\/\/other\.example\.com\/x belongs to no server/,
  ],
  "another scheme": ["https://127.0.0.1:PORT/", /its scheme is https, not http/],
  "another port": ["http://127.0.0.1:1/", /its port is 1, not PORT/],
  "another path": ["http://127.0.0.1:PORT/bas", /its path does not lie below \/base/],
  userinfo: ["http://user:canary@127.0.0.1:PORT/base", /with a user name or password/],
};

for (const [name, [url, said]] of Object.entries(unlisted)) {
  test(`a URL that is not listed: ${name}`, async () => {
    site.configure("version: 1\ntrackingUri: URI/base\nplugins:\n  test: { file: FILE }\n");
    const port = String(site.upstream.port);
    const expected = new RegExp(said.source.replace("PORT", port));
    const { code, stdout, stderr } = await headers(url.replace("PORT", port));
    assert.equal([code, stdout], [1, ""]);
    assert.match(stderr, expected);
    assert.match(stderr, /\n {2}Try this: /);
    assert.not(stderr.includes("canary"));
    const asData = await headers(url.replace("PORT", port), "--json");
    assert.equal([asData.code, asData.stderr], [1, ""]);
    const { error } = JSON.parse(asData.stdout);
    assert.match(`${error.code}: ${error.message}\n  Try this: ${error.remedy}`, expected);
    assert.not(asData.stdout.includes("canary"));
  });
}

test("a path that servers read differently is told as what it is: such a request is not sent", async () => {
  for (const command of ["headers", "tags", "doctor"]) {
    const { code, stdout, stderr } = await run([command, `${site.upstream.uri}/a/..%00/b`], {
      cwd: site.project.folder,
    });
    assert.equal([code, stdout], [1, ""]);
    assert.match(stderr, /^PATH_MISLEADING: a request was not sent, .*\n {2}Try this: /);
  }
});

test("below MLflow's AI gateway it shows what the file names a header for, and else says why there is nothing to show", async () => {
  site.configure("version: 1\ntrackingUri: URI\nplugins:\n  test: { file: FILE }\n");
  const url = `${site.upstream.uri}/gateway/mlflow/v1/models`;
  const refused = await headers(url);
  assert.equal([refused.code, refused.stdout], [1, ""]);
  assert.match(refused.stderr, /^GATEWAY_CREDENTIAL: .*\n {2}Try this: .*`gateway: \{ header: NAME \}`/);
  site.configure("version: 1\ntrackingUri: URI\ngateway: { header: X-Front }\nplugins:\n  test: { file: FILE }\n");
  const { code, stdout } = await headers(url);
  assert.is(code, 0);
  assert.match(stdout, /^ {2}X-Front: \[secret\] {3}from test$/m);
  site.configure("version: 1\ntrackingUri: URI\nplugins:\n  test: { file: FILE }\n");
});

test("a secret store that fails", async () => {
  site.project.setCredential("denied");
  const { code, stderr } = await headers(site.upstream.uri);
  assert.is(code, 4);
  assert.match(stderr, /^SECRET_DENIED: the test store refuses\n {2}Try this: start the test store/);
});

test("a plugin that hangs, with a timer of its own, does not keep the command from its end", async () => {
  site.configure("version: 1\ntrackingUri: URI\nplugins:\n  test: { file: FILE, timeout: 100ms }\n");
  site.project.setCredential("hang");
  const { code, signal, stderr } = await runUntil(["headers", site.upstream.uri], { cwd: site.project.folder });
  assert.equal([code, signal], [4, null], stderr);
  assert.match(stderr, /^PLUGIN_TIMEOUT: plugin test did not answer within 100 ms\n {2}Try this: /);
});

test("an invalid file", async () => {
  site.configure("version: 2\n");
  const { code, stderr } = await headers(site.upstream.uri);
  assert.is(code, 3);
  assert.match(stderr, /^mlflow-auth\.yaml:1:/);
});

test.run();
