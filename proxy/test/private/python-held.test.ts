/** What a program holds of a shared proxy, and what becomes of it in programs that close and fork in their own way. */
import { missing } from "@mlflow-auth/test/servers/tools";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { openScene, type Scene, type Seen } from "./shared-proxy-scene.js";

const test = suite("what a program holds of a shared proxy", { missing: await missing("mlflow") });

let scene: Scene;
test.beforeEach(async () => {
  scene = await openScene();
});

/** Closes all, as daemons do, and opens files of the program's in the place of what is held. Each must be as it was in the end. */
const CLOSING = `
import gc
def own_files():
    pairs = [socket.socketpair() for _ in range(10)]
    for one, _ in pairs: one.send(b"the program's own")
    return pairs
def untouched(pairs):
    return all(other.recv(100) == b"the program's own" for _, other in pairs)
`;

test("a program that closes what it does not know asks anew, and loses nothing that it opens then", async () => {
  const [seen, isWhole] = await scene.run<[Seen[], boolean]>(
    `${CLOSING}
first = get()
os.closerange(3, 200)
pairs = own_files()
seen = [first, get(), get()]
gc.collect()
print(json.dumps([seen, untouched(pairs)]))
`,
    { env: { FAKE_LINGERS: "20" } },
  );
  assert.equal(
    seen.map(({ is_led, pid }) => [is_led, pid]),
    Array(3).fill([true, seen[0]?.pid]),
  );
  assert.ok(isWhole);
});

test("nor does a child that is forked behind that", async () => {
  const isWhole = await scene.run<boolean>(
    `${CLOSING}
get()
os.closerange(3, 200)
pairs = own_files()
reading, writing = os.pipe()
if os.fork() == 0:
    led = get()["is_led"]
    gc.collect()
    os.write(writing, json.dumps(led and untouched(pairs)).encode())
    os._exit(0)
os.wait()
print(os.read(reading, 10).decode())
`,
    { env: { FAKE_LINGERS: "20" } },
  );
  assert.ok(isWhole);
});

test("where its proxy is killed behind that, another has another port and token", async () => {
  const [first, next] = await scene.run<Seen[]>(
    `
first = get()
os.closerange(3, 200)
os.kill(first["pid"], signal.SIGKILL)
print(json.dumps([first, get()]))
`,
  );
  assert.ok(next?.is_led);
  assert.is.not(first?.token, next?.token);
});

test("a program that starts others by a fork of Python's own, as under gevent, starts a proxy", async () => {
  const seen = await scene.run<Seen>(`
def run(command, stdin, stdout, stderr, cwd, env, pass_fds, start_new_session, check, **_):
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_RDWR), 0); os.dup2(writing, 1); os.dup2(stderr.fileno(), 2)
        for one in pass_fds: os.set_inheritable(one, True)
        os.chdir(cwd)
        os.setsid()
        os.execve(command[0], command, env)
    os.close(writing)
    os.waitpid(pid, 0)
    with os.fdopen(reading, "rb") as out: return subprocess.CompletedProcess(command, 0, out.read())
import mlflow_auth_bridge.start as starting
starting.subprocess = type("Other", (), dict(run=staticmethod(run), DEVNULL=-3, PIPE=-1, SubprocessError=subprocess.SubprocessError))
print(json.dumps(get()))
`);
  assert.ok(seen.is_led);
});

test.run();
