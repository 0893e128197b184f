/**
 * Programs that can write next to nothing: real file systems that are full, no home, and all else read-only, the packages among it. Each
 * where nobody else sees it.
 */
import { execFileSync } from "node:child_process";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type SmallStage, startSmallStage } from "../../examples/small-stage.ts";
import { layeredEnvironment, ownNode } from "../../packages/python/layered-environment.ts";
import { socketFolder } from "../../servers/process/temporary-folder.ts";
import { missing, mlflowPython } from "../../servers/tools.ts";
import type { Project } from "../fixture/project.ts";

/** A mount that this process alone has: root may make it, but not in every container. */
function noMounts(): string | undefined {
  try {
    execFileSync("unshare", ["--mount", "mount", "-t", "tmpfs", "none", "/mnt"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "Nothing can be mounted here: root outside of a container can.";
  }
}

const isRoot = process.getuid?.() === 0;
const test = suite("programs that can write next to nothing", {
  missing: (await missing("mlflow")) ?? (isRoot ? noMounts() : undefined),
  user: "root",
});
const CONFIG = `
version: 1
trackingUri: \${MLFLOW_TRACKING_URI}
plugins:
  vault: { address: "\${VAULT_ADDR}", secret: { path: mlflow/auth } }
`;

let stage: SmallStage;
let python: string;
let project: Project;

test.before(async () => {
  stage = await startSmallStage();
  closeAfterwards(() => stage.stop());
  python = await layeredEnvironment(await mlflowPython(), ["vault"]);
});
test.beforeEach(() => {
  const env = { ...ownNode, MLFLOW_TRACKING_AUTH: "mlflow-auth" };
  project = stage.createProject(CONFIG, { python, npm: false, env });
});

/**
 * Sends a request as MLflow does, says in which of these folders a proxy is found then, and has a child do the same. MLflow itself would
 * take most of the time.
 */
const PROGRAM = `
import os, requests, subprocess, sys
from mlflow_auth.provider import Provider
url = os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/experiments/search?max_results=1"
status = requests.get(url, auth=Provider().get_auth()).status_code
def has_socket(place):
    return any(name.endswith(".sock") for _, _, files in os.walk(place) for name in files)
print(status, [place for place in sys.argv[2:] if has_socket(place)], flush=True)
if sys.argv[1] == "parent": subprocess.run([sys.executable, __file__, "child", *sys.argv[2:]], check=True)
`;

const SHARED = `/tmp/mlflow-auth-${process.getuid?.()}`;

/** Where Python's programs look for each other, by what is mounted there. */
interface Mounts {
  readonly runtime: string;
  readonly home: string;
  readonly temporary: string;
}

/**
 * Runs two programs, one of which starts the other, where nothing else can be written.
 *
 * @param mounts options of a tmpfs each
 * @returns where each of them finds a proxy afterwards, and how often the secret was read
 */
async function run({ runtime, home, temporary }: Mounts, change: readonly string[] = []) {
  project.write("program.py", PROGRAM);
  // Paths that are not too long for a socket, wherever this machine has its temporary files.
  const [runtimeFolder, homeFolder] = [socketFolder("run"), socketFolder("home")];
  closeAfterwards(() => [runtimeFolder, homeFolder].map(({ remove }) => remove()));
  const places = { runtime: runtimeFolder.path, home: homeFolder.path };
  const script = `set -e
made=$(test -e ${SHARED} || echo yes)
mkdir -p -m 700 ${SHARED}
trap 'test -z "$made" || { umount ${SHARED}; rmdir ${SHARED}; }' EXIT
mount -o remount,bind,ro /
mount -t tmpfs -o mode=700,${runtime} none ${places.runtime}
mount -t tmpfs -o mode=700,${home} none ${places.home}
mount -t tmpfs -o mode=700,${temporary} none ${SHARED}
"$@"`;
  const reads = () => stage.vault.requests.filter(({ path }) => path.endsWith("secret/data/mlflow/auth")).length;
  const before = reads();
  const command = ["env", ...change, "python", "program.py", "parent", places.runtime, places.home, SHARED];
  const { code, stdout, stderr } = await project.run(["unshare", "--mount", "sh", "-c", script, "sh", ...command], {
    env: { XDG_RUNTIME_DIR: places.runtime, HOME: places.home },
  });
  assert.is(code, 0, stderr);
  const found = stdout
    .replaceAll(places.runtime, "runtime")
    .replaceAll(places.home, "home")
    .replaceAll(SHARED, "temporary");
  return { found, reads: reads() - before, stderr };
}

const ROOM = "size=1m";
const READ_ONLY = "ro";
/** Of what a proxy needs there, in this order: the folder, its lock, its first socket and its second one. */
const full = (entries: number) => `nr_inodes=${entries + 1}`;
const inAll = (options: string): Mounts => ({ runtime: options, home: options, temporary: options });

test("have their proxy in the runtime folder, else in the cache at home, else in the folder for temporary files", async () => {
  const ways: [Mounts, string][] = [
    [inAll(ROOM), "runtime"],
    [{ ...inAll(ROOM), runtime: READ_ONLY }, "home"],
    [{ ...inAll(READ_ONLY), temporary: ROOM }, "temporary"],
  ];
  for (const [mounts, place] of ways) {
    const { found, reads, stderr } = await run(mounts);
    assert.is(found, `200 ['${place}']\n`.repeat(2), stderr);
    assert.is(reads, 1);
    assert.not.match(stderr, "mlflow-auth");
  }
});

test("have each a proxy of its own where all is read-only", async () => {
  const { found, reads, stderr } = await run(inAll(READ_ONLY));
  assert.is(found, "200 []\n".repeat(2), stderr);
  assert.is(reads, 2);
  assert.not.match(stderr, "mlflow-auth");
});

for (const [entries, lacks] of ["the folder", "the lock", "the proxy's socket", "the socket of its port"].entries()) {
  test(`have each a proxy of its own where all disks are full: no room for ${lacks}`, async () => {
    const { found, reads, stderr } = await run({ ...inAll(full(entries)), temporary: full(Math.max(0, entries - 1)) });
    assert.is(found, "200 []\n".repeat(2), stderr);
    assert.is(reads, 2);
    assert.not.match(stderr, "mlflow-auth");
  });
}

test("go on to the next place where one of them is full", async () => {
  const { found, reads, stderr } = await run({ ...inAll(full(3)), temporary: ROOM });
  assert.is(found, "200 ['temporary']\n".repeat(2), stderr);
  assert.is(reads, 1);
});

for (const [what, change] of [
  ["without HOME", ["--unset=HOME", "--unset=XDG_RUNTIME_DIR"]],
  ["with a HOME that is not there", ["--unset=XDG_RUNTIME_DIR", "HOME=/nowhere/at/all"]],
  ["with a HOME that is no folder", ["--unset=XDG_RUNTIME_DIR", "HOME=/dev/null"]],
] as const) {
  test(`${what}, and without a runtime folder, have their proxy somewhere all the same`, async () => {
    const { found, reads, stderr } = await run(inAll(ROOM), change);
    assert.match(found, /^(?:200 \['temporary'\]\n){2}$/, stderr);
    assert.is(reads, 1);
    assert.not.match(stderr, "mlflow-auth");
  });
}

test.run();
