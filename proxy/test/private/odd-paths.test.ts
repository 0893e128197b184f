import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { harmless, misleading, notTeam, readAsTeam, readAsTeamInAnyCase } from "../../../core/test/http/path-table.js";
import { head, type Rig, raw, startRig, startUpstream } from "../rig.js";

const test = suite("odd paths through the proxy: the same verdicts as the library's");

let rig: Rig;
test.before(async () => {
  rig = await startRig({ base: "/base" });
});
test.after(() => rig.stop());

/** What comes of a path behind the token: the answer, and what reached the upstream. */
async function sent(path: string, mount = ""): Promise<{ answer: string; urls: string[] }> {
  const { proxy, token, upstream } = rig;
  const before = upstream.seen.length;
  const answer = await raw(proxy.port, head(`GET /${token}${mount}${path}`, [`host: 127.0.0.1:${proxy.port}`]));
  return { answer, urls: upstream.seen.slice(before).map(({ url }) => url) };
}

/** The same server, by its name: the base path is the client's to write then. */
const named = () => `/~http:127.0.0.1:${rig.upstream.port}/base`;

for (const path of misleading) {
  test(`${JSON.stringify(path)} is refused with 400, and nothing reaches the upstream`, async () => {
    for (const mount of ["", named()]) {
      const { answer, urls } = await sent(path, mount);
      assert.match(answer, /^HTTP\/1\.1 400 [\s\S]*"BAD_REQUEST"[\s\S]*Try this: [\s\S]*"code":"PATH_MISLEADING"/);
      assert.equal(urls, []);
    }
  });
}

for (const path of harmless) {
  test(`${JSON.stringify(path)} arrives byte for byte`, async () => {
    for (const mount of ["", named()]) {
      const { answer, urls } = await sent(path, mount);
      assert.match(answer, /^HTTP\/1\.1 200 /);
      assert.equal(urls, [`/base${path}`]);
    }
  });
}

for (const path of ["/a\\b", "/a;b#c", "/a?b#c"]) {
  test(`${JSON.stringify(path)}, which a parser of URLs would rewrite, arrives byte for byte`, async () => {
    const { answer, urls } = await sent(path);
    assert.match(answer, /^HTTP\/1\.1 200 /);
    assert.equal(urls, [`/base${path}`]);
  });
}

test("a path that the parser alone takes for one below the base is refused with 400, as the library refuses it", async () => {
  const { answer, urls } = await sent("/base\\x", `/~http:127.0.0.1:${rig.upstream.port}`);
  assert.match(answer, /^HTTP\/1\.1 400 [\s\S]*"BAD_REQUEST"[\s\S]*"code":"PATH_MISLEADING"/);
  assert.equal(urls, []);
});

test("a path that servers may read as another listed server's is refused with 400, and nothing reaches either", async () => {
  const upstream = await startUpstream();
  const both = await startRig({ servers: [{ uri: `${upstream.uri}/team` }, { uri: upstream.uri, auth: [] }] });
  const at = `/~http:127.0.0.1:${upstream.port}`;
  const answerTo = (path: string) =>
    raw(both.proxy.port, head(`GET /${both.token}${at}${path}`, [`host: 127.0.0.1:${both.proxy.port}`]));
  for (const path of [...readAsTeam, ...readAsTeamInAnyCase]) {
    assert.match(await answerTo(path), /^HTTP\/1\.1 400 [\s\S]*"code":"PATH_MISLEADING"/, path);
  }
  assert.equal(upstream.seen, []);
  for (const path of notTeam) assert.match(await answerTo(path), /^HTTP\/1\.1 200 /, path);
  assert.is(upstream.seen.length, notTeam.length);
});

test("with one server on an origin, too: such a path is not merely one of no server", async () => {
  const one = await startRig({ base: "/team" });
  for (const path of readAsTeam) {
    const line = `GET /${one.token}/~http:127.0.0.1:${one.upstream.port}${path}`;
    const answer = await raw(one.proxy.port, head(line, [`host: 127.0.0.1:${one.proxy.port}`]));
    assert.match(answer, /^HTTP\/1\.1 400 [\s\S]*"code":"PATH_MISLEADING"/, path);
  }
  assert.equal(one.upstream.seen, []);
});

for (const [path, arrives] of [
  ["//api/2.0/mlflow/runs/get?run_id=1//2", "/api/2.0/mlflow/runs/get?run_id=1//2"],
  ["////ajax-api/3.0/mlflow/traces", "/ajax-api/3.0/mlflow/traces"],
  ["//api/2.0/mlflow-artifacts/artifacts/a//b", "/api/2.0/mlflow-artifacts/artifacts/a//b"],
  ["//apis/2.0/x", "//apis/2.0/x"],
  ["//%61pi/2.0/x", "//%61pi/2.0/x"],
  ["/x//api/2.0/x", "/x//api/2.0/x"],
  ["/x?url=http://host//api/2.0/", "/x?url=http://host//api/2.0/"],
] as const) {
  test(`${path} arrives as ${arrives}: slashes before MLflow's API are one`, async () => {
    for (const mount of ["", named()]) {
      const { answer, urls } = await sent(path, mount);
      assert.match(answer, /^HTTP\/1\.1 200 /);
      assert.equal(urls, [`/base${arrives}`]);
    }
  });
}

test("what is misleading with one slash or several is refused all the same", async () => {
  for (const path of ["//api/2.0/../../../x", "//api/2.0/..%2f..%2f..%2fx", "//api/2.0/%2e%2e/x", "//..//api/2.0/x"]) {
    for (const mount of ["", named()]) {
      const { answer, urls } = await sent(path, mount);
      assert.match(answer, /^HTTP\/1\.1 400 [\s\S]*"code":"PATH_MISLEADING"/, path);
      assert.equal(urls, [], path);
    }
  }
});

test("several slashes never take a request from one listed server to another", async () => {
  const upstream = await startUpstream();
  const both = await startRig({ servers: [{ uri: `${upstream.uri}/api/2.0` }, { uri: upstream.uri, auth: [] }] });
  const at = `/~http:127.0.0.1:${upstream.port}`;
  const line = `GET /${both.token}${at}//api/2.0/mlflow/runs/get`;
  const answer = await raw(both.proxy.port, head(line, [`host: 127.0.0.1:${both.proxy.port}`]));
  assert.match(answer, /^HTTP\/1\.1 400 [\s\S]*"code":"PATH_MISLEADING"/);
  assert.equal(upstream.seen, []);
});

/** Node's parser takes no such request line, so it is refused before the proxy sees it; undici would write none either. */
for (const path of ["/a b", "/a\tb", "/a\fb", "/a\x00b", "/a\x01b", "/a\x0bb", "/a\x7f", "/\xe9"]) {
  test(`Node's parser refuses ${JSON.stringify(path)}: no raw blank, control character or byte beyond ASCII passes`, async () => {
    const { answer, urls } = await sent(path);
    assert.match(answer, /^HTTP\/1\.1 400 /);
    assert.match(answer, "these bytes are no HTTP/1.1 request");
    assert.equal(urls, []);
  });
}

test.run();
