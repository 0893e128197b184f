/** How long programs wait for one another: for one that works as long as it takes, for one that stands still hardly. */
import { existsSync } from "node:fs";
import { missing } from "@mlflow-auth/test/servers/tools";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { runPython } from "./run-python.js";
import { openScene, type Scene, type Seen } from "./shared-proxy-scene.js";

const isLinux = process.platform === "linux";
const test = suite("patience with a shared proxy", { missing: isLinux ? await missing("mlflow") : "Linux" });

let scene: Scene;
test.beforeEach(async () => {
  scene = await openScene();
});

const ASK = JSON.stringify("print(json.dumps(get()))");

test("one that was stopped is left to itself: who finds it so starts another, and nobody else meets it", async () => {
  const [stopped, others, looks] = await scene.run<[Seen, Seen[], number]>(
    `
import mlflow_auth_bridge.pulse as pulse
stopped = told(child(${ASK}))
os.kill(stopped["pid"], signal.SIGSTOP)
others = [child(${ASK}) for _ in range(3)]
others = [told(one) for one in others]
looks, look = [], pulse.state_of
pulse.state_of = lambda pid: looks.append(pid) or look(pid)
others.append(get())
print(json.dumps([stopped, others, looks.count(stopped["pid"])]))
`,
    { env: { FAKE_LINGERS: "20" } },
  );
  assert.is(new Set(others.map(({ pid }) => pid)).size, 1);
  assert.is.not(others[0]?.pid, stopped.pid);
  assert.is(looks, 0);
  const [first] = scene.started();
  assert.not(existsSync(first?.socket ?? ""));
});

test("one that takes its time to answer is waited for, however many ask", async () => {
  const seen = await scene.run<Seen[]>(
    `
all = [child(${ASK}) for _ in range(4)]
print(json.dumps([told(one) for one in all]))
`,
    { env: { FAKE_THINKS: "2.5", FAKE_LINGERS: "30" } },
  );
  assert.is(new Set(seen.map(({ pid }) => pid)).size, 1);
  assert.is(scene.started().length, 1);
});

test("one that is stopped while it starts a proxy holds nobody up", async () => {
  const seen = await scene.run<Seen>(
    `
import mlflow_auth_bridge.folder as folders
folders.LONGEST_LOCK = 10_000
starting = child(${ASK}, env={**os.environ, "FAKE_LOADS": "60"})
while not os.path.exists(os.environ["FAKE_LOG"]): time.sleep(0.01)
starting.send_signal(signal.SIGSTOP)
seen = get()
starting.kill()
starting.wait()
print(json.dumps(seen))
`,
    { env: { HOME: scene.folder } },
  );
  assert.ok(seen.is_led);
  assert.is(scene.started().length, 2);
});

/** A parent in the place of the proxy, with a child that watches it. */
const watched = (parent: string, child: string) => `
import os, signal, subprocess, sys, time
CHILD = """
import os, sys, time
import mlflow_auth_bridge.handover as handover
handover.PAUSE, handover.MOST_SILENT = 0.01, 20
watch = handover.Watch(os.getppid())
print("watching", flush=True)
while os.getppid() != 1:
    ${child}
    watch.look()
    time.sleep(0.01)
"""
parent = subprocess.Popen([sys.executable, "-c", """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", sys.argv[2]], stdout=subprocess.PIPE)
child.stdout.readline()
${parent}
""", "serve-processes", CHILD])
print(parent.wait())
`;

test("a proxy that has no turn any more is killed by the program that can succeed it", async () => {
  assert.is(await runPython(watched("while True: pass", "pass")), -9);
});

test("one that has its turns is not, and neither is anything else than a proxy", async () => {
  const busy = "end = time.monotonic() + 1\nwhile time.monotonic() < end: pass\nchild.kill()";
  assert.is(await runPython(watched(busy, "watch.has_heard()")), 0);
  assert.is(await runPython(watched(busy, "pass").replace('"serve-processes"', '"another"')), 0);
});

test.run();
