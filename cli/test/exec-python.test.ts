import { missing } from "@mlflow-auth/test/servers/tools";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { whole } from "../../proxy/test/rig.js";
import { createPythonSite, type PythonSite, requestsOf } from "./python-site.js";

const test = suite("what Python's requests do under exec", { missing: await missing("mlflow") });

let { site, open, elsewhere, python, stop } = {} as PythonSite;
test.beforeEach(async () => {
  ({ site, open, elsewhere, python, stop } = await createPythonSite());
});
test.afterEach(() => stop());

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
code = "import os; from mlflow_auth_bridge.provider import BridgeProvider; import requests; \
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
