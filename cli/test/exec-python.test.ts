import { missing, mlflowPython } from "@mlflow-auth/test/servers/tools";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { startUpstream, type Upstream, whole } from "../../proxy/test/rig.js";
import { run } from "./command.js";
import { createSite, type Site } from "./project.js";

const test = suite("what Python's requests do under exec", { missing: await missing("mlflow") });

let site: Site;
let open: Upstream;
let elsewhere: Upstream;

test.beforeEach(async () => {
  site = await createSite();
  open = await startUpstream();
  elsewhere = await startUpstream();
  site.configure(
    `version: 1\nservers:\n  - uri: URI/base\n  - { uri: "${open.uri}", auth: [] }\nplugins:\n  test: { file: FILE }\n`,
  );
});
test.afterEach(async () => {
  await site.stop();
  await open.stop();
  await elsewhere.stop();
});

/** A session whose every request asks the bridge, as MLflow's do. URLs: `A` is listed, `B` too but for its credential, `C` is not. */
const prelude = `
import json, os, sys
import requests
from mlflow_auth_bridge import BridgeProvider
A, B, C = sys.argv[1:4]
session = requests.Session()
def send(url, method="GET", **more):
    return session.request(method, url, auth=BridgeProvider().get_auth(), **more)
`;

interface Result {
  readonly lines: string[];
  readonly stderr: string;
  /** The one-run token. */
  readonly token: string;
}

/** Runs a program whose standard output is its result. */
async function python(program: string, env: Record<string, string> = {}): Promise<Result> {
  const tell = 'print(json.loads(os.environ["_MLFLOW_AUTH_BRIDGE"])["token"])\n';
  const command = [await mlflowPython(), "-c", prelude + tell + program];
  const urls = [`${site.upstream.uri}/base`, open.uri, elsewhere.uri];
  const options = { cwd: site.project.folder, env };
  const { code, stdout, stderr } = await run(
    ["exec", "--server", urls[0] as string, "--", ...command, ...urls],
    options,
  );
  assert.is(code, 0, stderr);
  const [token = "", ...lines] = stdout.trim().split("\n");
  assert.ok(token.length > 20);
  assert.not(lines.join().includes(token), "the token is in the output");
  assert.not(stderr.includes(token), "the token is in the output");
  for (const { seen } of [site.upstream, open, elsewhere]) {
    assert.not(JSON.stringify(seen).includes(token), "a server got the token");
  }
  return { lines, stderr, token };
}

const requestsOf = ({ seen }: Upstream) => seen.map(({ method, url, headers }) => [method, url, headers.authorization]);

test("a listed server gets the credential, its own host and the whole body; the answer names its own address", async () => {
  const { lines } = await python(`
answer = send(A + "/x y?a=1&b=%2F", "POST", data=b"body", headers={"Host": "other", "Authorization": "Bearer own"})
print(answer.status_code, answer.text, answer.url)
`);
  assert.equal(lines, [`200 fine ${site.upstream.uri}/base/x%20y?a=1&b=%2F`]);
  assert.equal(requestsOf(site.upstream), [["POST", "/base/x%20y?a=1&b=%2F", "Bearer sesame"]]);
  const [seen] = site.upstream.seen;
  assert.is(seen?.body, "body");
  assert.is(seen?.headers.host, new URL(site.upstream.uri).host);
});

test("each listed server gets what the file says, and what is not listed is left alone", async () => {
  const { lines } = await python(`
for url in (A + "/a", B + "/b", C + "/c", A + "s/d", A[:-5] + "/e"):
    print(send(url, headers={"Authorization": "Bearer own"}).url == url)
`);
  assert.equal(lines, ["True", "True", "True", "True", "True"]);
  assert.equal(requestsOf(site.upstream), [
    ["GET", "/base/a", "Bearer sesame"],
    ["GET", "/bases/d", "Bearer own"],
    ["GET", "/e", "Bearer own"],
  ]);
  assert.equal(requestsOf(open), [["GET", "/b", "Bearer own"]]);
  assert.equal(requestsOf(elsewhere), [["GET", "/c", "Bearer own"]]);
  assert.is(elsewhere.seen[0]?.headers["mlflow-auth-token"], undefined);
});

test("the proxy's own address, taken from the environment early, stands for the server's", async () => {
  const { lines } = await python(`
mine = json.loads(os.environ["_MLFLOW_AUTH_BRIDGE"])["addresses"]["MLFLOW_TRACKING_URI"]["proxy"]
for url in (mine + "/x?a", mine, mine + "/~" + B.replace("//", "") + "/y"):
    print(send(url).url)
`);
  assert.equal(lines, [`${site.upstream.uri}/base/x?a`, `${site.upstream.uri}/base`, `${open.uri}/y`]);
  assert.equal(requestsOf(site.upstream), [
    ["GET", "/base/x?a", "Bearer sesame"],
    ["GET", "/base", "Bearer sesame"],
  ]);
  assert.equal(requestsOf(open), [["GET", "/y", undefined]]);
});

test("what Python starts has the proxy's address, in any language, and Python says the server's own", async () => {
  const { lines } = await python(`
import subprocess
shell = 'curl -s "$MLFLOW_TRACKING_URI/shell" -o /dev/null -w "%{http_code}"'
print(subprocess.run(["sh", "-c", shell], capture_output=True, text=True).stdout, flush=True)
code = "import os; from mlflow_auth_bridge import BridgeProvider; import requests; \
print(requests.get(os.environ['MLFLOW_TRACKING_URI'] + '/child', auth=BridgeProvider().get_auth()).url)"
subprocess.run([sys.executable, "-c", code], check=True)
`);
  assert.equal(lines, ["200", `${site.upstream.uri}/base/child`]);
  assert.equal(requestsOf(site.upstream), [
    ["GET", "/base/shell", "Bearer sesame"],
    ["GET", "/base/child", "Bearer sesame"],
  ]);
});

test("the program finds the address and the token of the proxy in its environment, and no credential", async () => {
  const { lines } = await python(`
print(sorted(json.loads(os.environ["_MLFLOW_AUTH_BRIDGE"])))
print("sesame" in str(os.environ))
`);
  assert.equal(lines, ["['addresses', 'displaced', 'process', 'proxy', 'servers', 'token', 'upstream']", "False"]);
});

test("a path that servers read differently is refused", async () => {
  const { lines } = await python('print(send(A + "/..%2fother").status_code)');
  assert.equal(lines, ["400"]);
  assert.equal(site.upstream.seen, []);
});

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

test("a program that sets NO_PROXY anew sends nothing for the proxy to an HTTP proxy", async () => {
  const { lines } = await python(`
os.environ["HTTP_PROXY"] = C
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "own.example.com"
print(send(A + "/x").text, send("http://far.example.com/y").url, os.environ["NO_PROXY"])
`);
  assert.equal(lines, ["fine http://far.example.com/y own.example.com,127.0.0.1"]);
  assert.equal(requestsOf(site.upstream), [["GET", "/base/x", "Bearer sesame"]]);
  assert.equal(requestsOf(elsewhere), [["GET", "http://far.example.com/y", undefined]]);
});

test("what leads below the base once its dots are resolved does not go out without the credential", async () => {
  const { lines } = await python(`
for path in ("/%2e/base/x", "/x/%2e%2e/base/x", "/%2e%2e/base/x"):
    print(send(A[:-5] + path).status_code)
`);
  assert.equal(lines, ["400", "400", "400"]);
  assert.equal(site.upstream.seen, []);
});

test("cookies of a session come back to the server that set them, and to no other", async () => {
  site.upstream.answer = whole((_req, res) => res.writeHead(200, { "set-cookie": "sticky=1; Path=/" }).end());
  const { stderr } = await python(`
send(A + "/x")
send(A + "/y", cookies={"own": "2"})
send(B + "/z")
`);
  const cookies = site.upstream.seen.map(({ headers }) => headers.cookie?.split("; ").sort());
  // A cookie of the program's own choice would be one more credential.
  assert.equal(cookies, [undefined, ["sticky=1"]]);
  assert.match(stderr, "the cookie own of a client was taken off");
  assert.is(open.seen[0]?.headers.cookie, undefined);
});

test("where the file gives no credential, .netrc and the address's own user name serve as without the bridge", async () => {
  const netrc = site.project.write("netrc", "machine 127.0.0.1 login net password rc\n");
  const program = `
send(A + "/a")
send(B + "/b")
send(C + "/c")
send(C.replace("//", "//user:pass@") + "/d")
`;
  await python(program, { NETRC: netrc });
  const basic = (text: string) => `Basic ${btoa(text)}`;
  assert.equal(requestsOf(site.upstream), [["GET", "/base/a", "Bearer sesame"]]);
  assert.equal(requestsOf(open), [["GET", "/b", basic("net:rc")]]);
  assert.is(elsewhere.seen[0]?.headers.authorization, basic("net:rc"));
  await python(program);
  assert.is(open.seen[1]?.headers.authorization, undefined);
  assert.is(elsewhere.seen.at(-1)?.headers.authorization, basic("user:pass"));
});

test("errors and urllib3's own log tell nothing of the token", async () => {
  site.upstream.answer = (_req, res) => void res.destroy();
  const { lines } = await python(`
import logging
from requests.adapters import HTTPAdapter
from urllib3 import Retry
logging.basicConfig(level=logging.DEBUG, stream=sys.stdout)
session.mount("http://", HTTPAdapter(max_retries=Retry(total=1, status_forcelist=[502])))
try:
    send(A + "/x")
except requests.exceptions.RetryError as error:
    print("failed:", error)
try:
    send(A + "/missing").raise_for_status()
except requests.exceptions.RequestException as error:
    print("failed:", error)
`);
  assert.ok(lines.some((line) => line.startsWith("failed: ") && line.includes("502")));
  assert.ok(lines.some((line) => line.includes("urllib3")));
});

test("a server that is not listed is told of in the end, once", async () => {
  const { stderr } = await python('send(C + "/api/2.0/mlflow/x?secret=1")\nsend(C + "/api/2.0/y")');
  assert.match(stderr, "the program never used the proxy");
  assert.is(stderr.split(`${elsewhere.uri}/ is on the host of ${site.upstream.uri}/base, but its port`).length, 2);
  assert.not(stderr.includes("secret"));
});

test("of an address that is not listed no path and no user name is told, only that there was one", async () => {
  const { stderr } = await python(`
send(C + "/canary/api/2.0/mlflow/x")
send(A.replace("//", "//canary:canary@") + "/x")
`);
  assert.match(stderr, `${elsewhere.uri}/ is on the host of`);
  assert.match(stderr, `${site.upstream.uri}/base/x was given with a user name or password`);
  assert.not.match(stderr, /canary/);
});

test.run();
