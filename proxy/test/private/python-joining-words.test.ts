/** What a Python program that shares a proxy hears on stderr. */
import { missing } from "@mlflow-auth/test/servers/tools";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { openScene, type Scene } from "./shared-proxy-scene.js";

const test = suite("what is said to a program that shares a proxy", { missing: await missing("mlflow") });
let scene: Scene;
test.beforeEach(async () => {
  scene = await openScene();
});

test("what the proxy says later is said on stderr, and where it is over the next request asks anew", async () => {
  const again = await scene.run<number[]>(
    `
get("/do/say")
get()
pids = [get("/do/again")["pid"]]
os.environ["FAKE_KEY"] = "so that it says no"
print(json.dumps([*pids, get()["pid"]]))
`,
    {
      stderr: /^mlflow-auth: warning: early words\nmlflow-auth: warning: words\nmlflow-auth: warning: early words\n$/,
      env: { FAKE_TALKS: "1" },
    },
  );
  assert.is.not(again[0], again[1]);
});

test("a server that the file does not list is named once on stderr", async () => {
  const status = await scene.run<number[]>(
    `
import http.server
class Open(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if "mlflow-auth-token" not in self.headers else 500)
        self.end_headers()
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Open)
threading.Thread(target=server.serve_forever, daemon=True).start()
ask = lambda: requests.get(f"http://127.0.0.1:{server.server_port}/path", auth=BridgeProvider().get_auth()).status_code
print(json.dumps([ask(), ask()]))
`,
    { stderr: /^mlflow-auth: warning: the file does not list http:\/\/127\.0\.0\.1:\d+, so [^\n]*\n$/ },
  );
  assert.equal(status, [200, 200]);
});

test("a listed server whose address has a user name in it is not said to be unlisted", async () => {
  await scene.run(
    `
try: requests.get("http://me:secret@listed.test/x", auth=BridgeProvider().get_auth())
except requests.exceptions.ConnectionError: pass
print("1")
`,
    {
      stderr:
        /^mlflow-auth: warning: an address of http:\/\/listed\.test has a user name in it, [^\n]* Try this: [^\n]*\n$/,
    },
  );
});

test.run();
