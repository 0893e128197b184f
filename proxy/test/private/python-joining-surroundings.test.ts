import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { missing } from "@mlflow-auth/test/servers/tools";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { openScene, type Scene, type Seen } from "./shared-proxy-scene.js";

const test = suite("what surrounds a Python program that shares a proxy", { missing: await missing("mlflow") });

let scene: Scene;
test.beforeEach(async () => {
  scene = await openScene();
});

for (const [given, other] of [
  ["NO_PROXY", "no_proxy"],
  ["no_proxy", "NO_PROXY"],
] as const) {
  test(`what ${given} alone keeps from an HTTP proxy is kept from it further on, here and by the proxy that is started`, async () => {
    const [proxies, values, started] = await scene.run<[object, string[], string[]]>(
      `
get()
def names(environ): return [environ["no_proxy"], environ["NO_PROXY"]]
with open("/proc/%d/environ" % get()["pid"]) as file:
    started = dict(line.split("=", 1) for line in file.read().split("\\0") if "=" in line)
proxies = requests.utils.get_environ_proxies("http://mlflow.corp.test/")
print(json.dumps([proxies, names(os.environ), names(started)]))
`,
      { env: { HTTP_PROXY: "http://127.0.0.1:1", [given]: ".corp.test" } },
    );
    assert.equal(proxies, {}, `${other} hides ${given}`);
    for (const value of [...values, ...started]) assert.is(value, ".corp.test,127.0.0.1");
  });
}

test("the port of a proxy is not open in what the program starts", async () => {
  const inherited = await scene.run<string[]>(`
def inheritable():
    numbers = [int(name) for name in os.listdir("/proc/self/fd")]
    return {one for one in numbers if os.path.exists(f"/proc/self/fd/{one}") and os.get_inheritable(one)}
before = inheritable()
told(child("print(json.dumps(get()))"))
get()
print(json.dumps([str(one) for one in inheritable() - before]))
`);
  assert.equal(inherited, []);
  assert.is(scene.started().length, 1);
});

test("a stderr that takes nothing more fails no request", async () => {
  for (const broken of ["sys.stderr.close()", "sys.stderr = None"]) {
    const led = await scene.run<boolean>(`${broken}\nget("/do/say")\nprint(json.dumps(get()["is_led"]))`);
    assert.is(led, true, broken);
  }
});

test("what is no line of ours on a lease is not relied on, and fails no request", async () => {
  const answers = await scene.run<[Seen, Seen]>(`
import mlflow_auth_bridge.join as joining
first = get()
for line in (b"{cut", b"[]", b"1"):
    lease = joining._member._lease
    lease._rest = line + b"\\n"
    last = get()
    assert joining._member._lease is not lease, line
print(json.dumps([first, last]))
`);
  assert.is(answers[0].pid, answers[1].pid);
});

test("a variable that is no UTF-8 is not taken for one that is not set", async () => {
  const [first, second] = await scene.run<[Seen, Seen]>(`
first = get()
os.environb[b"FAKE_KEY"] = b"k\\xff"
print(json.dumps([first, get()]))
`);
  assert.is.not(first.pid, second.pid);
});

test("what was given for one request and is used later sends nothing to a port that is not held any more", async () => {
  const answers = await scene.run<{ first: Seen; second: Seen; late: Seen; forked: Seen; heard: boolean }>(
    `
auth = BridgeProvider().get_auth()
ask = lambda: requests.get("http://listed.test/late", auth=auth, timeout=20).json()
first = ask()
os.environ["FAKE_KEY"] = "another"
second = get()
os.kill(first["pid"], signal.SIGKILL)
taken = None
while taken is None:
    try: taken = socket.create_server(("127.0.0.1", first["port"]))
    except OSError: time.sleep(0.01)
late = ask()
auth = BridgeProvider().get_auth()
reading, writing = os.pipe()
if os.fork() == 0:
    os.write(writing, json.dumps(ask()).encode())
    os._exit(0)
os.wait()
taken.setblocking(False)
try: heard = bool(taken.accept())
except BlockingIOError: heard = False
forked = json.loads(os.read(reading, 4096))
print(json.dumps({"first": first, "second": second, "late": late, "forked": forked, "heard": heard}))
`,
  );
  const { first, second, late, forked, heard } = answers;
  assert.is(heard, false);
  assert.is.not(late.port, first.port);
  assert.equal([late.port, late.is_led], [second.port, true]);
  // The child has a lease of its own.
  assert.equal([forked.port, forked.leases], [second.port, 2]);
});

test("a program that becomes another user leaves the proxy of the first", { user: "root" }, async () => {
  const [first, asked] = await scene.run<[Seen, number[]]>(
    `
first = get()
import mlflow_auth_bridge.join as joining
asked = []
def ask(*_):
    asked.append(os.geteuid())
    raise joining.Failure("none for this user")
joining.find_or_start = ask
os.seteuid(65534)
said = failure()
os.seteuid(0)
print(json.dumps([first, asked]))
`,
  );
  assert.ok(first.is_led);
  assert.equal(asked, [65534]);
});

test("a proxy acts as whom the program acts as that starts it, and never as whom that once was", {
  user: "root",
}, async () => {
  const users = await scene.run<string[]>(`
from mlflow_auth_bridge.start import leave_behind
reading, writing = os.pipe()
os.setegid(65534)
os.seteuid(65534)
leave_behind(["/bin/sh", "-c", f"cat /proc/self/status >&{writing}"], dict(os.environ), [writing], subprocess.DEVNULL)
os.close(writing)
with open(reading) as status:
    print(json.dumps([line.split(":")[1].split() for line in status if line.startswith(("Uid:", "Gid:"))]))
`);
  assert.equal(users, [Array(4).fill("65534"), Array(4).fill("65534")]);
});

test("sockets are made for their owner alone, whatever the mask", async () => {
  if (process.platform !== "linux") return;
  await scene.run("os.umask(0); print(json.dumps(get()))");
  const folder = join(scene.runtime, "mlflow-auth");
  const sockets = readdirSync(folder).filter((name) => name !== "lock");
  assert.is(sockets.length, 2);
  for (const name of sockets) assert.is(statSync(join(folder, name)).mode & 0o777, 0o600, name);
});

test.run();
