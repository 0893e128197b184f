/** Where the sockets lie by which programs of one user find their proxy: in a folder of that user's alone, or nowhere. */
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { missing } from "@mlflow-auth/test/servers/tools";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { openScene, type Scene, type Seen } from "./shared-proxy-scene.js";

const test = suite("the folder of the shared proxy's sockets", { missing: await missing("mlflow") });
let scene: Scene;
test.beforeEach(async () => {
  scene = await openScene();
  mkdirSync(join(scene.folder, "cache"));
});

/** Two programs, one after the other, with the runtime folder first and a cache as the next place. */
const two = (prepare = "") =>
  scene.run<Seen[]>(
    `${prepare}\nprint(json.dumps([get(), told(child(${JSON.stringify(prepare)} + "\\nprint(json.dumps(get()))"))]))`,
    {
      env: { XDG_CACHE_HOME: join(scene.folder, "cache"), FAKE_LINGERS: "20" },
    },
  );

/** Both programs have one proxy, whose sockets lie in the cache. */
async function assertNextPlace(prepare?: string) {
  const [first, second] = await two(prepare);
  assert.ok(first?.is_led);
  assert.is(first?.pid, second?.pid);
  assert.match(scene.started()[0]?.socket ?? "", `${scene.folder}/cache/mlflow-auth/`);
}

const place = () => join(scene.runtime, "mlflow-auth");
const others: Record<string, () => void> = {
  "others may look into it": () => {
    mkdirSync(place());
    chmodSync(place(), 0o755);
  },
  "others may write it": () => {
    mkdirSync(place());
    chmodSync(place(), 0o777);
  },
  "a link to one that is fine": () => {
    mkdirSync(join(scene.folder, "fine"), { mode: 0o700 });
    symlinkSync(join(scene.folder, "fine"), place());
  },
  "a link that leads nowhere": () => symlinkSync(join(scene.folder, "nowhere"), place()),
  "a file": () => writeFileSync(place(), ""),
  "its lock is a link": () => {
    mkdirSync(place(), { mode: 0o700 });
    symlinkSync(join(scene.folder, "target"), join(place(), "lock"));
  },
};

for (const [what, plant] of Object.entries(others)) {
  test(`is passed over for the next place where it is not the user's alone: ${what}`, async () => {
    plant();
    await assertNextPlace();
  });
}

test("is passed over where it is another user's", { user: "root" }, async () => {
  mkdirSync(place(), { mode: 0o700 });
  chownSync(place(), 65534, 65534);
  await assertNextPlace();
});

test("is passed over where what it lies in is another user's, and nothing is made there", {
  user: "root",
}, async () => {
  chownSync(scene.runtime, 65534, 65534);
  await assertNextPlace();
  assert.not.ok(existsSync(place()));
});

test("leaves nothing in a home that is another user's, as root has it under sudo", { user: "root" }, async () => {
  const home = join(scene.folder, "home");
  mkdirSync(home);
  chownSync(home, 65534, 65534);
  await scene.run("del os.environ['XDG_RUNTIME_DIR']; print(json.dumps(get()['is_led']))");
  assert.equal(readdirSync(home), []);
});

test("is nobody's where all whom a user namespace does not know look like this user", async () => {
  const isMade = await scene.run<boolean>(`
import ctypes
NEW_USER = 0x10000000
print(json.dumps(ctypes.CDLL(None).unshare(NEW_USER) == 0 and get()["is_led"]))
`);
  // Some systems let nobody make one.
  if (isMade) assert.is(scene.started()[0]?.socket, null);
});

for (const [what, runtime] of [
  ["a file system that takes none", () => "/proc"],
  ["a place that is a file", () => join(scene.folder, "file")],
  ["a place that is not there", () => join(scene.folder, "nowhere")],
] as const) {
  test(`is passed over where it can't be made: ${what}`, async () => {
    writeFileSync(join(scene.folder, "file"), "");
    await assertNextPlace(`os.environ["XDG_RUNTIME_DIR"] = ${JSON.stringify(runtime())}`);
  });
}

const NO_ROOM = `
import errno, mlflow_auth_bridge.folder as folders
bind = folders.Folder.bind
def full(self, name):
    if "/run/" in self.path: raise OSError(errno.ENOSPC, "no space left")
    return bind(self, name)
folders.Folder.bind = full
`;

test("is passed over where there is no room for a socket, by the next program as well", async () => {
  await assertNextPlace(NO_ROOM);
});

test("is passed over where its path is too long for a socket", async () => {
  const long = join(scene.folder, "x".repeat(60));
  mkdirSync(long);
  await assertNextPlace(`os.environ["XDG_RUNTIME_DIR"] = ${JSON.stringify(long)}`);
});

test("is made for its owner alone, whatever the mask", async () => {
  await scene.run("os.umask(0); print(json.dumps(get()))");
  assert.is(lstatSync(place()).mode & 0o777, 0o700);
});

test("where none can be had the program has a proxy of its own", async () => {
  const [first, second] = await two(
    "import mlflow_auth_bridge.folder as folders; folders.places = lambda: ['/nowhere/mlflow-auth']",
  );
  assert.ok(first?.is_led && second?.is_led);
  assert.is.not(first?.pid, second?.pid);
  assert.equal(
    scene.started().map(({ socket }) => socket),
    [null, null],
  );
});

test("needs no home", async () => {
  const program = "del os.environ['HOME']; del os.environ['XDG_RUNTIME_DIR']; print(json.dumps(get()['is_led']))";
  const prepare = "import mlflow_auth_bridge.folder as folders; folders.os.path.expanduser = lambda path: path";
  const own =
    "\nplaces = folders.places\nfolders.places = lambda: [one for one in places() if not one.startswith('/tmp/')]\n";
  assert.is(await scene.run(prepare + own + program), true);
});

test("a socket of another user's is asked nothing", { user: "root" }, async () => {
  mkdirSync(place(), { mode: 0o700 });
  const [started, heard] = await scene.run<[number, string]>(`
path = os.path.join(${JSON.stringify(place())}, "12345-00000000.sock")
own = socket.socket(socket.AF_UNIX)
own.bind(path)
reading, writing = os.pipe()
stop, stopping = os.pipe()
if os.fork() == 0:
    os.setuid(65534)
    own.listen()
    connection, _ = own.accept()
    os.write(writing, connection.recv(1000) or b"nothing")
    os.read(stop, 1)
    os._exit(0)
time.sleep(0.3)
seen = get()
heard = os.read(reading, 1000).decode()
os.write(stopping, b"x")
os.wait()
print(json.dumps([seen["is_led"], heard]))
`);
  assert.equal([started, heard], [true, "nothing"]);
});

test("who hangs with the lock is not waited for without end", async () => {
  const [isLed] = await scene.run<boolean[]>(
    `
import fcntl, mlflow_auth_bridge.folder as folders
folders.LONGEST_LOCK = 0.5
os.mkdir(${JSON.stringify(place())}, 0o700)
hanging = open(os.path.join(${JSON.stringify(place())}, "lock"), "w")
fcntl.flock(hanging, fcntl.LOCK_EX)
print(json.dumps([get()["is_led"]]))
`,
    { env: { XDG_CACHE_HOME: join(scene.folder, "cache") } },
  );
  assert.is(isLed, true);
  assert.match(scene.started()[0]?.socket ?? "", "/cache/");
});

test.run();
