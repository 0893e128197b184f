/** The program beside a shared proxy that keeps its port: run by a Python in the proxy's place, with the sockets that it would have. */

import { socketFolder } from "@mlflow-auth/test/servers/process/temporary-folder";
import { missing } from "@mlflow-auth/test/servers/tools";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { runPython } from "./run-python.js";

const test = suite("the handover of a shared proxy's port", { missing: await missing("mlflow") });

/** `start()` begins it; `tell` writes to its pipe. The successor writes what it was given to a pipe of the test's. */
const SCENE = `
import json, os, socket, subprocess, sys
folder, wheel = sys.argv[1], os.environ["PYTHONPATH"].split(os.pathsep)[0]
SUCCESSOR = """
import json, os, socket, sys
shared = json.loads(os.environ["_MLFLOW_AUTH_SHARED"])
token = os.read(shared["token"], 4096).decode()
port = socket.socket(fileno=shared["listen"])
kinds = [socket.socket(fileno=shared[name]).getsockname() for name in ("control", "handover")]
client, _ = port.accept()
client.sendall(json.dumps([shared, token, kinds, dict(os.environ), sys.stdin.read()]).encode())
"""
def listening(name):
    one = socket.socket(socket.AF_UNIX)
    one.bind(os.path.join(folder, name))
    one.listen()
    return one
port = socket.create_server(("127.0.0.1", 0))
control, handover = listening("control"), listening("handover")
def start(program=("-I", "-S", wheel)):
    shared = {"listen": 91, "starter": 92, "cwd": "/", "socket": "kept"}
    env = {**os.environ, "OWN": "kept", "_MLFLOW_AUTH_SHARED": json.dumps(shared)}
    def inherit():
        for number, one in zip((13, 14, 15), (port, control, handover)): os.dup2(one.fileno(), number)
        for number in (3, 4, 5): os.dup2(number + 10, number)
    return subprocess.Popen([sys.executable, *program], stdin=subprocess.PIPE, close_fds=False, preexec_fn=inherit, env=env)
def tell(child, **message):
    child.stdin.write(json.dumps(message).encode() + b"\\n")
    child.stdin.flush()
def ask():
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(10)
    client.connect(os.path.join(folder, "handover"))
    _, descriptors, _, _ = socket.recv_fds(client, 1, 1)
    return [socket.socket(fileno=one) for one in descriptors]
def first(): return {"argv": [sys.executable, "-c", SUCCESSOR], "token": "t" * 43, "digest": "d", "known": ["NAME"]}
`;

function scene<T>(program: string): Promise<T> {
  const { path, remove } = socketFolder("handover");
  closeAfterwards(remove);
  return runPython<T>(SCENE + program, { args: [path] });
}

test("gives the listening socket to whoever asks as the same user", async () => {
  const same = await scene(`
child = start()
tell(child, **first())
got = ask() + ask()
print(json.dumps([one.getsockname() == port.getsockname() for one in got]))
tell(child, farewell=True)
child.wait()
`);
  assert.equal(same, [true, true]);
});

test("gives another user nothing", { user: "root" }, async () => {
  const got = await scene(`
for path in (folder, os.path.join(folder, "handover")): os.chmod(path, 0o777)
child = start()
tell(child, **first())
reading, writing = os.pipe()
if os.fork() == 0:
    os.setuid(65534)
    os.write(writing, json.dumps(len(ask())).encode())
    os._exit(0)
os.wait()
os.close(writing)
print(os.read(reading, 100).decode())
assert len(ask()) == 1
tell(child, farewell=True)
child.wait()
`);
  assert.is(got, 0);
});

test("a client that has gone before it is served, or says something, is in nobody's way", async () => {
  const got = await scene(`
child = start()
for text in (b"", b"x" * 1000):
    client = socket.socket(socket.AF_UNIX)
    client.connect(os.path.join(folder, "handover"))
    client.send(text)
    client.close()
print(json.dumps(len(ask())))
child.stdin.close()
child.wait()
`);
  assert.is(got, 1);
});

test("a proxy that ends without a farewell has a successor, with its sockets and the token, which is in no environment", async () => {
  const [shared, token, sockets, env, stdin] = await scene<
    [Record<string, unknown>, string, string[], Record<string, string>, string]
  >(`
child = start()
tell(child, **first())
waiting = socket.create_connection(port.getsockname(), 10)
child.stdin.close()
heard = waiting.makefile().read()
child.wait()
print(heard)
`);
  assert.is(token, "t".repeat(43));
  assert.equal({ ...shared, token: 0 }, { ...shared, listen: 3, control: 4, handover: 5, starter: null, token: 0 });
  assert.equal([shared["cwd"], shared["socket"], shared["digest"], shared["known"]], ["/", "kept", "d", ["NAME"]]);
  assert.equal(
    sockets.map((path) => path.split("/").at(-1)),
    ["control", "handover"],
  );
  assert.equal([env["OWN"], stdin], ["kept", ""]);
  assert.not(JSON.stringify(env).includes(token));
});

test("what waits for the proxy's port meanwhile is served by the successor, however late that is", async () => {
  const served = await scene(`
child = start()
tell(child, **first())
child.stdin.close()
client = socket.create_connection(port.getsockname(), 10)
port.close()
print(json.dumps(len(json.loads(client.makefile().read()))))
child.wait()
`);
  assert.is(served, 5);
});

const ends = {
  "says farewell": "tell(child, **first()); tell(child, farewell=True)",
  "says farewell and ends in the same breath":
    "tell(child, **first()); tell(child, farewell=True); child.stdin.close()",
  "ends before it was ready": "child.stdin.close()",
};

for (const [how, end] of Object.entries(ends)) {
  test(`a proxy that ${how} has none, and the sockets are free`, async () => {
    const refused = await scene(`
child = start()
${end}
code = child.wait()
address = port.getsockname()
port.close()
client = socket.socket()
print(json.dumps([code, client.connect_ex(address) != 0]))
`);
    assert.equal(refused, [0, true]);
  });
}

test.run();
