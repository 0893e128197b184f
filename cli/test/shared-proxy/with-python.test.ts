/** The whole way, from a request of Python's through a proxy that it starts. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { builtCommand } from "@mlflow-auth/test/built-command";
import { temporaryFolder } from "@mlflow-auth/test/servers/process/temporary-folder";
import { missing, mlflowPython } from "@mlflow-auth/test/servers/tools";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { pythonWheel } from "../../../proxy/src/index.js";
import { runPython } from "../../../proxy/test/private/run-python.js";
import { createSite, type Site } from "../project.js";

const test = suite("a shared proxy and Python", { missing: await missing("mlflow") });

let site: Site;
test.beforeEach(async () => {
  site = await createSite();
});
test.afterEach(() => site.stop());

/** `get()` sends a request as MLflow does. The proxy is told to end with the program. */
const PRELUDE = `
import atexit, json, os, signal, time
import requests
from mlflow_auth_bridge.provider import BridgeProvider
import mlflow_auth_bridge.join as joining
def get():
    return requests.get(os.environ["SERVER"] + "/x", auth=BridgeProvider().get_auth(), timeout=20).status_code
def pid(): return joining._member._lease.settings["process"]["pid"]
atexit.register(lambda: joining._member._lease and os.kill(pid(), signal.SIGTERM))
def failure():
    try: get()
    except RuntimeError as error: return str(error)
`;

async function run<T>(
  program: string,
  env: Record<string, string> = {},
  argv: readonly string[] = [process.execPath, builtCommand],
): Promise<T> {
  const { path, remove } = temporaryFolder("runtime");
  closeAfterwards(remove);
  const launch = {
    argv,
    ...{ version: "1", prefix: "/", plugins: [], bridge: pythonWheel, python: await mlflowPython() },
  };
  const variables = { XDG_RUNTIME_DIR: path, SERVER: site.upstream.uri, _MLFLOW_AUTH_LAUNCH: JSON.stringify(launch) };
  return await runPython<T>(PRELUDE + program, { cwd: site.project.folder, env: { HOME: "/", ...variables, ...env } });
}

test("a request gets the credential, and goes on when the proxy is killed", async () => {
  const statuses = await run(`
first, before = get(), pid()
os.kill(before, signal.SIGKILL)
again = get()
# The end of its lease may be seen later than that of its requests.
while pid() == before: get()
print(json.dumps([first, again]))
`);
  assert.equal(statuses, [200, 200]);
  assert.equal(new Set(site.upstream.seen.map(({ headers }) => headers.authorization)), new Set(["Bearer sesame"]));
});

for (const descriptor of [3, 4, 5, 6]) {
  test(`a program that Node started with a channel to it, ${descriptor}, starts a proxy all the same`, async () => {
    assert.is(await run("print(get())", { NODE_CHANNEL_FD: String(descriptor) }), 200);
  });
}

test("once it serves, its stderr leads nowhere: what a plugin starts may write there", async () => {
  if (process.platform !== "linux") return;
  const streams = await run(
    "get(); print(json.dumps([os.readlink(f'/proc/{pid()}/fd/{number}') for number in range(3)]))",
  );
  assert.equal(streams, ["/dev/null", "/dev/null", "/dev/null"]);
});

test("one that is stopped in the middle of a request is killed, and its successor answers", async () => {
  if (process.platform !== "linux") return;
  let open = () => {};
  const held = new Promise<void>((resolve) => {
    open = resolve;
  });
  let isFirst = true;
  site.upstream.answer = async (_req, res) => {
    if (isFirst) {
      isFirst = false;
      const { pid } = JSON.parse(readFileSync(join(site.project.folder, "pid"), "utf8"));
      process.kill(pid, "SIGSTOP");
      await held;
    }
    res.end("fine");
  };
  const statuses = await run<number[]>(`
from urllib3.util import Retry
def patient():
    with requests.Session() as session:
        retries = Retry(total=5, connect=5, read=5, allowed_methods=None, backoff_factor=0.1)
        session.mount("http://", requests.adapters.HTTPAdapter(max_retries=retries))
        return session.get(os.environ["SERVER"] + "/x", auth=BridgeProvider().get_auth(), timeout=60).status_code
BridgeProvider().get_auth()
first = pid()
open("pid", "w").write(json.dumps({"pid": first}))
statuses = [patient(), get()]
while pid() == first: statuses.append(get())
print(json.dumps(statuses))
`);
  open();
  assert.equal([...new Set(statuses)], [200]);
});

/** A file in the place of Node, or of the command. */
function fileOf(text: string): string {
  const { path, remove } = temporaryFolder("command");
  closeAfterwards(remove);
  const file = join(path, "file.mjs");
  writeFileSync(file, text, { mode: 0o755 });
  return file;
}

const said = (lines: RegExp) =>
  new RegExp(
    `^mlflow-auth: its proxy ended as it started, so nothing is sent\\. It said:\n(?:  .*\n)*${lines.source}(?:.*\n)*  Try this: mlflow-auth doctor$`,
  );

const broken: Readonly<Record<string, [words: RegExp, env: Record<string, string>, argv?: () => string[]]>> = {
  "options that Node refuses": [/ {2}.*--nonsense is not allowed in NODE_OPTIONS\n/, { NODE_OPTIONS: "--nonsense" }],
  "too little memory for it": [
    / {2}# Fatal JavaScript out of memory: .*\n/,
    { NODE_OPTIONS: "--max-old-space-size=1" },
  ],
  "a command that is cut off": [/ {2}SyntaxError: .*\n/, {}, () => [process.execPath, fileOf("import { a ")]],
  "a library that is missing": [
    / {2}.*libnowhere\.so: cannot open shared object file.*\n/,
    { LD_PRELOAD: "" },
    () => [
      fileOf(
        "#!/bin/sh\necho 'node: error while loading shared libraries: libnowhere.so: cannot open shared object file' >&2; exit 127",
      ),
    ],
  ],
};

for (const [what, [words, env, argv]] of Object.entries(broken)) {
  test(`what it says of ${what} as it starts reaches the program`, async () => {
    assert.match(await run<string>("print(json.dumps(failure()))", env, argv?.()), said(words));
  });
}

test("the command's own words about a Node that is too old reach the program", async () => {
  const old = fileOf("");
  writeFileSync(
    old,
    `Object.defineProperty(process.versions, "node", { value: "20.1.0" });
await import(${JSON.stringify(pathToFileURL(builtCommand).href)});
`,
  );
  const message = await run<string>("print(json.dumps(failure()))", { MLFLOW_AUTH_NODE: "/opt/node" }, [
    process.execPath,
    old,
  ]);
  assert.match(
    message,
    said(
      / {2}mlflow-auth needs Node 22\.19 or newer; this is Node 20\.1\.0, which MLFLOW_AUTH_NODE names: \/opt\/node\.\n/,
    ),
  );
});

test("one that is killed as it starts is told as such", async () => {
  const message = await run<string>("print(json.dumps(failure()))", {}, [fileOf("#!/bin/sh\nkill -9 $$\n")]);
  assert.match(message, /its proxy ended as it started without a word, as where the system has no memory left for it/);
});

test("programs share it where Python sees the same of their rights as the command", async () => {
  const [first, second] = await run<number[]>(`
get()
told, tell = os.pipe()
if os.fork() == 0:
    get()
    os.write(tell, str(pid()).encode())
    os._exit(0)
print(json.dumps([pid(), int(os.read(told, 99))]))
`);
  assert.is(second, first);
});

test("a program that has given up a group gets no credential that this group may read", { user: "root" }, async () => {
  const [isShared, statuses] = await run<[boolean, number[]]>(`
os.setgroups([7777])
statuses = [get()]
told, tell = os.pipe()
if os.fork() == 0:
    os.setgroups([])
    get()
    os.write(tell, str(pid()).encode())
    os.kill(pid(), signal.SIGTERM)
    os._exit(0)
other = int(os.read(told, 99))
print(json.dumps([pid() == other, statuses]))
`);
  assert.equal([isShared, statuses], [false, [200]]);
});

test.run();
