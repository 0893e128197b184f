/** A proxy that can't be started, one that is killed, and those that are not to be believed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { missing } from "@mlflow-auth/test/servers/tools";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { openScene, type Scene, type Seen } from "./shared-proxy-scene.js";

const test = suite("a shared proxy with faults", { missing: await missing("mlflow") });
let scene: Scene;
test.beforeEach(async () => {
  scene = await openScene();
});

const MESSAGE = "mlflow-auth: CODE: what and where\n  Try this: that";

test("what keeps it from starting is said in the command's own words, and for a while without another start", async () => {
  const messages = await scene.run<string[]>("print(json.dumps([failure(), failure(), failure()]))", {
    env: { FAKE_DOES: "fail" },
  });
  assert.equal(messages, [MESSAGE, MESSAGE, MESSAGE]);
  assert.is(scene.started().length, 1);
});

test("with another environment it is tried again at once, and later in any case", async () => {
  const [first, put, again] = await scene.run<[string, boolean, string]>(
    `
first = failure()
del os.environ["FAKE_DOES"]
put = get()["is_led"]
os.environ["FAKE_DOES"], os.environ["FAKE_KEY"] = "fail", "other"
failure()
import mlflow_auth_bridge.join as joining
now = time.monotonic
joining.time.monotonic = lambda: now() + joining.MEMORY
again = failure()
print(json.dumps([first, put, again]))
`,
    { env: { FAKE_DOES: "fail" } },
  );
  assert.equal([first, put, again], [MESSAGE, true, MESSAGE]);
  assert.is(scene.started().length, 4);
});

test("in a thread that nobody waits for, it is said once on stderr", async () => {
  const message = await scene.run(
    `
for _ in range(2):
    one = threading.Thread(target=failure)
    one.start()
    one.join()
print(json.dumps(failure()))
`,
    { env: { FAKE_DOES: "fail" }, stderr: /^mlflow-auth: CODE: what and where\n {2}Try this: that\n$/ },
  );
  assert.is(message, MESSAGE);
});

const faults: Record<string, [message: RegExp, prepare?: string]> = {
  end: [
    /^mlflow-auth: its proxy ended as it started without a word, as where the system has no memory left for it, so nothing is sent\. Try this: mlflow-auth doctor$/,
  ],
  garble: [/ended as it started/],
  hang: [
    /^mlflow-auth: its proxy has not been ready after 1 seconds, so nothing is sent\./,
    "import mlflow_auth_bridge.find; mlflow_auth_bridge.find.LONGEST_START = 1",
  ],
};

for (const [does, [message, prepare = ""]] of Object.entries(faults)) {
  test(`one that does this as it starts is no reason to wait, or to send anything: ${does}`, async () => {
    const said = await scene.run<string>(`${prepare}\nprint(json.dumps(failure()))`, {
      env: { FAKE_DOES: does, FAKE_LINGERS: "60" },
    });
    assert.match(said, message);
  });
}

test("a command that is gone is named", async () => {
  for (const argv of ['["/nowhere/node", "/nowhere/command"]', '[sys.executable, "/nowhere/node"]']) {
    const said = await scene.run<string>(`
launch = json.loads(os.environ["_MLFLOW_AUTH_LAUNCH"])
launch["argv"] = ${argv}
os.environ["_MLFLOW_AUTH_LAUNCH"] = json.dumps(launch)
print(json.dumps(failure()))
`);
    assert.match(
      said,
      /^mlflow-auth: its proxy can't be started without \/nowhere\/node, which is not there any more, so/,
    );
    assert.match(said, "Try this: pip install mlflow-auth");
  }
});

for (const does of ["give no port", "give another port"]) {
  test(`one that would ${does} is not used, for that could be another's by the next request`, async () => {
    const [first, second] = await scene.run<Seen[]>(
      `print(json.dumps([get(), told(child("print(json.dumps(get()))"))]))`,
      { env: { FAKE_DOES: does, FAKE_LINGERS: "20" } },
    );
    assert.ok(second?.is_led);
    assert.is.not(first?.port, second?.port);
  });
}

test("killed with all that held its port but its clients, it has a successor there with its token; a request under way waits for it", async () => {
  const [first, under, next] = await scene.run<Seen[]>(
    `
first = get()
threading.Timer(0.4, os.kill, (first["pid"], 9)).start()
under = get("/do/wait")
print(json.dumps([first, under, get()]))
`,
  );
  assert.ok(under?.is_led && next?.is_led);
  assert.is.not(first?.pid, under?.pid);
  assert.is(under?.pid, next?.pid);
  assert.equal([under?.port, under?.token], [first?.port, first?.token]);
  const [, successor, ...more] = scene.started();
  assert.is(successor?.digest, "d");
  assert.equal(more, []);
});

test("killed while nothing is under way, it has a successor at the next request, and only one however many programs are left", async () => {
  const seen = await scene.run<Seen[]>(
    `
children = [child("print(json.dumps(get()), flush=True); input(); print(json.dumps(get()))", stdin=subprocess.PIPE) for _ in range(3)]
first = [json.loads(one.stdout.readline()) for one in children]
os.kill(first[0]["pid"], 9)
print(json.dumps([*first, *(json.loads(one.communicate("\\n")[0]) for one in children)]))
`,
    { env: { FAKE_LINGERS: "20" } },
  );
  assert.ok(seen.every(({ is_led }) => is_led));
  assert.is(new Set(seen.map(({ port, token }) => `${port} ${token}`)).size, 1);
  assert.is(scene.started().length, 2);
});

test("where the environment is another one by then, its port and token are not used again", async () => {
  const [first, next] = await scene.run<Seen[]>(
    `
first = get()
os.kill(first["pid"], 9)
import mlflow_auth_bridge.join as joining
lease = joining._member._lease
while not lease.has_ended: lease.look()
os.environ["FAKE_KEY"] = "other"
print(json.dumps([first, get()]))
`,
  );
  assert.is.not(first?.port, next?.port);
  assert.is.not(first?.token, next?.token);
});

test("its port stays the program's, whoever else asks for it", async () => {
  const codes = await scene.run<number[]>(`
import errno
first = get()
os.kill(first["pid"], 9)
time.sleep(0.1)
other = socket.socket()
other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try: other.bind(("127.0.0.1", first["port"])); print(json.dumps(0))
except OSError as error: print(json.dumps(error.errno == errno.EADDRINUSE))
`);
  assert.is(codes, true);
});

test("the token is in nobody's command line or environment, and in no file", async () => {
  const found = await scene.run<boolean[]>(
    `
seen = get()
read = lambda name: open(f"/proc/{seen['pid']}/{name}").read() if os.path.exists("/proc/self/environ") else ""
print(json.dumps([seen["token"] in read("environ") + read("cmdline") + json.dumps(dict(os.environ))]))
`,
  );
  assert.equal(found, [false]);
  assert.not(readFileSync(join(scene.folder, "started"), "utf8").includes("token"));
});

test.run();
