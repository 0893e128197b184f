/** Programs in Python that have no `exec` in front of them get one proxy together. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { missing } from "@mlflow-auth/test/servers/tools";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { pythonWheel } from "../../src/index.js";
import { openScene, type Scene, type Seen } from "./shared-proxy-scene.js";

const test = suite("joining a shared proxy", { missing: await missing("mlflow") });
let scene: Scene;
test.beforeEach(async () => {
  scene = await openScene();
});

test("the first request starts it with all that it needs, and every further one uses it", async () => {
  const seen = await scene.run<Seen[]>("print(json.dumps([get(), get('/y'), get()]))", { cwd: scene.folder });
  assert.equal(
    seen.map(({ is_led, path }) => [is_led, path]),
    [
      [true, "/~http:listed.test/x"],
      [true, "/~http:listed.test/y"],
      [true, "/~http:listed.test/x"],
    ],
  );
  const [started, ...more] = scene.started();
  assert.equal(more, []);
  assert.is(started?.pid, seen[0]?.pid);
  assert.is(started?.cwd, scene.folder);
  assert.is(started?.handoverProgram, pythonWheel);
  assert.equal(started?.launched, { plugins: ["/plugin"], prefix: "/prefix", version: "1" });
  assert.equal(started?.streams, [true, true]);
  assert.match(started?.socket ?? "", new RegExp(`^${scene.runtime}/mlflow-auth/${seen[0]?.port}-[0-9a-f]{8}\\.sock$`));
});

test("the program's environment stays as it was, with what a login needs", async () => {
  const same = await scene.run("before = dict(os.environ); get(); print(json.dumps(before == dict(os.environ)))", {
    env: { VAULT_TOKEN: "made up" },
  });
  assert.is(same, true);
});

test("twenty programs at once start one", async () => {
  const seen = await scene.run<Seen[]>(
    `
all = [child("print(json.dumps(get()))") for _ in range(20)]
print(json.dumps([told(one) for one in all]))
`,
    { env: { FAKE_LOADS: "1", FAKE_LINGERS: "20" } },
  );
  assert.is(scene.started().length, 1);
  assert.is(new Set(seen.map(({ pid, is_led }) => `${pid} ${is_led}`)).size, 1);
});

test("ten threads of one program ask once", async () => {
  const leases = await scene.run<number[]>(
    `
seen = []
all = [threading.Thread(target=lambda: seen.append(get()["leases"])) for _ in range(10)]
for one in all: one.start()
for one in all: one.join()
print(json.dumps(seen))
`,
    { env: { FAKE_LOADS: "0.3" } },
  );
  assert.equal(leases, Array(10).fill(1));
});

test("coroutines ask once", async () => {
  const leases = await scene.run<number[]>(`
import asyncio
async def main(): return await asyncio.gather(*(asyncio.to_thread(get) for _ in range(5)), asyncio.sleep(0, get()))
print(json.dumps([one["leases"] for one in asyncio.run(main())]))
`);
  assert.equal(leases, Array(6).fill(1));
});

const asks = "print(json.dumps(get()))";

test("one that starts it and is killed meanwhile leaves it to the others, and the lock", async () => {
  const [first, second] = await scene.run<Seen[]>(
    `
starting = child(${JSON.stringify(asks)})
while not os.path.exists(os.environ["FAKE_LOG"]): time.sleep(0.01)
starting.kill()
starting.wait()
print(json.dumps([get(), told(child(${JSON.stringify(asks)}))]))
`,
    { env: { FAKE_LOADS: "1", FAKE_LINGERS: "20" } },
  );
  assert.ok(first?.is_led);
  assert.is(first?.pid, second?.pid);
});

test("one that is interrupted while it starts it has it at its next request, and holds nobody up", async () => {
  const [interrupted, own, other] = await scene.run<[boolean, Seen, Seen]>(
    `
def interrupt(*_): raise KeyboardInterrupt
signal.signal(signal.SIGALRM, interrupt)
signal.setitimer(signal.ITIMER_REAL, 0.5)
interrupted = False
try: get()
except KeyboardInterrupt: interrupted = True
signal.setitimer(signal.ITIMER_REAL, 0)
print(json.dumps([interrupted, get(), told(child(${JSON.stringify(asks)}))]))
`,
    { env: { FAKE_LOADS: "1.5", FAKE_LINGERS: "20" } },
  );
  assert.ok(interrupted);
  assert.is(own.pid, other.pid);
  assert.is(scene.started().length, 1);
});

test("a handler of a signal that comes while it starts can send a request as well", async () => {
  const seen = await scene.run<boolean[]>(
    `
import mlflow_auth_bridge.folder as folders
folders.LONGEST_LOCK = 0.5
seen = []
signal.signal(signal.SIGALRM, lambda *_: seen.append(get()["is_led"]))
signal.setitimer(signal.ITIMER_REAL, 0.5)
seen.append(get()["is_led"])
print(json.dumps(seen))
`,
    { env: { FAKE_LOADS: "1", HOME: scene.folder } },
  );
  assert.equal(seen, [true, true]);
});

test("a child that is forked before, after or in the middle of a start asks for itself, and holds no lease of its parent's", async () => {
  const leases = await scene.run<number[]>(
    `
def forked(ask):
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(writing, json.dumps(get()["leases"] if ask else 0).encode())
        if not ask: time.sleep(3)
        os._exit(0)
    os.close(writing)
    return pid, reading
before = forked(True)
starting = threading.Thread(target=get)
starting.start()
time.sleep(0.3)
during = forked(True)
starting.join()
after, idle = forked(True), forked(False)
told = [json.loads(os.read(reading, 100)) for _, reading in (before, during, after)]
for pid, _ in (before, during, after): os.waitpid(pid, 0)
time.sleep(0.2)
own = get()["leases"]
os.read(idle[1], 10)
from mlflow_auth_bridge.join import shared_auth
import mlflow_auth_bridge.join as joining
lease = joining._member._lease
lease._connection.close()
lease.has_ended = lease.is_over = True
time.sleep(0.2)
print(json.dumps([sorted(told)[0] >= 1, own, get()["leases"]]))
os.kill(idle[0], 9)
`,
    { env: { FAKE_LOADS: "0.8", FAKE_LINGERS: "20" } },
  );
  // The child that asks for nothing has the connection of its parent closed: it does not count once that is.
  assert.equal(leases, [true, 1, 1]);
});

for (const how of ["spawn", "forkserver", "fork"]) {
  test(`processes of multiprocessing, by ${how}, share it`, async () => {
    const program = `
import multiprocessing, os, shared_work
if __name__ == "__main__":
    pool = multiprocessing.get_context("${how}").Pool(3)
    mine = shared_work.get()
    pids = pool.map(shared_work.pid, range(6))
    pool.close(); pool.join()
    import json
    print(json.dumps(len({mine["pid"], *pids})))
`;
    const work = `${JSON.stringify("open('shared_work.py', 'w').write(os.environ['PRELUDE'] + 'def pid(_): return get()[\"pid\"]\\n')")}`;
    const number = await scene.run<number>(
      `
exec(${work})
open("main.py", "w").write(${JSON.stringify(program)})
print(json.dumps(int(subprocess.run([sys.executable, "main.py"], stdout=subprocess.PIPE, check=True).stdout)))
`,
      { cwd: scene.folder, env: { FAKE_LINGERS: "20" } },
    );
    assert.is(number, 1);
    assert.is(scene.started().length, 1);
  });
}

test("the program has no child of which it does not know", async () => {
  const none = await scene.run(`
get()
try: print(json.dumps(os.wait()))
except ChildProcessError: print("true")
`);
  assert.is(none, true);
});

test("what a program prints ends with it, and not with the proxy", async () => {
  const [prints, isThere] = await scene.run<[string, boolean]>(
    `
one = child("print(get()['pid'])", stderr=subprocess.STDOUT, stdin=subprocess.PIPE)
out, _ = one.communicate(timeout=15)
os.kill(int(out), 0)
print(json.dumps([out, True]))
`,
    { env: { FAKE_LINGERS: "20" } },
  );
  assert.match(prints, /^\d+\n$/);
  assert.ok(isThere);
});

test("another value of a variable has another proxy, and a program that changes one in between asks anew", async () => {
  const [first, other, changed, back] = await scene.run<Seen[]>(
    `
first = get()
other = told(child("print(json.dumps(get()))", env={**os.environ, "FAKE_KEY": "b"}))
os.environ["FAKE_KEY"] = "b"
changed = get()
del os.environ["FAKE_KEY"]
print(json.dumps([first, other, changed, get()]))
`,
    { env: { FAKE_LINGERS: "20" } },
  );
  assert.is.not(first?.pid, other?.pid);
  assert.is(changed?.pid, other?.pid);
  assert.is(back?.pid, first?.pid);
  assert.is(scene.started().length, 2);
});

test("an HTTP proxy of the program's is passed by, and its exemption is no other environment", async () => {
  const same = await scene.run<boolean[]>(
    `
led = get()["is_led"]
import mlflow_auth_bridge.join as joining
lease = joining._member._lease
print(json.dumps([led, get()["is_led"], lease is joining._member._lease]))
`,
    { env: { http_proxy: "http://127.0.0.1:9" } },
  );
  assert.equal(same, [true, true, true]);
});

test("a program that goes to another folder keeps what it has", async () => {
  const seen = await scene.run<Seen[]>("first = get(); os.chdir('/'); print(json.dumps([first, get()]))", {
    cwd: scene.folder,
  });
  assert.is(seen[0]?.pid, seen[1]?.pid);
  assert.is(scene.started().length, 1);
});

test("a program whose folder is gone asks all the same", async () => {
  // Python itself can't import some of its own modules from there.
  const program =
    "'x'.encode('idna'); os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone'); print(json.dumps(get()['is_led']))";
  assert.is(await scene.run(program, { cwd: scene.folder }), true);
  assert.is(scene.started()[0]?.cwd, null);
});

test("dead sockets are removed by who starts the next one", async () => {
  await scene.run("get('/do/say'); os.kill(get()['pid'], 9); print('1')", { stderr: /words/ });
  await scene.run("print(json.dumps(get()))");
  const names = readdirSync(join(scene.runtime, "mlflow-auth"));
  assert.is(names.filter((name) => name.endsWith(".sock")).length, 1, names.join(" "));
  assert.is(names.length, 3);
});

test.run();
