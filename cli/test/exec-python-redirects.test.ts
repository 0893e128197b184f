import { missing } from "@mlflow-auth/test/servers/tools";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { whole } from "../../proxy/test/rig.js";
import { createPythonSite, type PythonSite, requestsOf } from "./python-site.js";

const test = suite("what Python's requests do under exec where they are redirected", {
  missing: await missing("mlflow"),
});

let { site, open, elsewhere, python, stop } = {} as PythonSite;
test.beforeEach(async () => {
  ({ site, open, elsewhere, python, stop } = await createPythonSite());
});
test.afterEach(() => stop());

test("redirects are followed: within the server, to another listed one with its own credential, elsewhere with none", async () => {
  const targets = [`${site.upstream.uri}/base/end`, "/base/end", `${open.uri}/end`, `${elsewhere.uri}/end`];
  for (const target of targets) {
    site.upstream.answer = whole((req, res) => {
      if (req.url === "/base/end") res.end("there");
      else res.writeHead(307, { location: target }).end();
    });
    open.answer = whole((_req, res) => res.end("there"));
    elsewhere.answer = whole((_req, res) => res.end("there"));
    const { lines } = await python(`
answer = send(A + "/start", "POST", data=b"body", headers={"Authorization": "Bearer own"})
print(answer.text, answer.url, len(answer.history))
`);
    assert.equal(lines, [`there ${new URL(target, site.upstream.uri)} 1`]);
  }
  assert.is(site.upstream.seen.filter(({ url }) => url === "/base/end").length, 2);
  for (const { headers } of site.upstream.seen) assert.is(headers.authorization, "Bearer sesame");
  for (const { seen } of [open, elsewhere]) assert.equal([seen.length, seen[0]?.headers.authorization], [1, undefined]);
});

test("a server that sends everybody on to https is told once as it happens, and once more at the end", async () => {
  const secure = `https://127.0.0.1:${site.upstream.port}`;
  site.upstream.answer = whole((req, res) => res.writeHead(308, { location: secure + req.url }).end());
  const { lines, stderr } = await python(`
for _ in range(3):
    try:
        send(A + "/api/2.0/mlflow/runs/create?key=of-no-concern", "POST", data=b"body", verify=False)
    except requests.ConnectionError:
        print("not there")
`);
  assert.equal(lines, ["not there", "not there", "not there"]);
  const ours = stderr.split("\n").filter((line) => line.startsWith("mlflow-auth: ") && line.includes(secure));
  assert.is(ours.length, 2, stderr);
  assert.match(
    ours[0] as string,
    `warning: ${site.upstream.uri}/base sent a client on to ${secure}, which the file does not list`,
  );
  assert.match(ours[0] as string, `write the server's address as ${secure}/base into the file`);
  assert.match(ours[1] as string, `without a credential: ${secure}`);
  assert.match(stderr, "its scheme is https, not http");
  assert.not.match(ours.join(), "of-no-concern");
});

test("a redirect back from another listed server is led to the proxy again", async () => {
  open.answer = whole((_req, res) => res.writeHead(302, { location: `${site.upstream.uri}/base/end` }).end());
  const { lines } = await python('print(send(B + "/start").url)');
  assert.equal(lines, [`${site.upstream.uri}/base/end`]);
  assert.equal(requestsOf(site.upstream), [["GET", "/base/end", "Bearer sesame"]]);
});

test("a redirect from elsewhere to a listed server is led to the proxy, with no HTTP proxy between", async () => {
  const far = "http://far.example.com/start";
  elsewhere.answer = whole((_req, res) => res.writeHead(307, { location: `${site.upstream.uri}/base/end` }).end());
  const program = `
answer = send("${far}", "POST", data=b"body", headers={"Authorization": "Bearer own"})
print(answer.text, answer.url)
`;
  const { lines } = await python(program, { HTTP_PROXY: elsewhere.uri });
  assert.equal(lines, [`fine ${site.upstream.uri}/base/end`]);
  assert.equal(requestsOf(elsewhere), [["POST", far, "Bearer own"]]);
  assert.equal(requestsOf(site.upstream), [["POST", "/base/end", "Bearer sesame"]]);
  assert.is(site.upstream.seen[0]?.body, "body");
});

test("a redirect to the very base of a server is followed, and what it set as a cookie comes with it", async () => {
  site.upstream.answer = whole((req, res) => {
    if (req.url === "/base") res.end(req.headers.cookie);
    else res.writeHead(302, { location: `${site.upstream.uri}/base`, "set-cookie": "sticky=1; Path=/" }).end();
  });
  const { lines } = await python('answer = send(A + "/start"); print(answer.text, answer.url)');
  assert.equal(lines, [`sticky=1 ${site.upstream.uri}/base`]);
});

test.run();
