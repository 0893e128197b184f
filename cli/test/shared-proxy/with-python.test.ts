/** The whole way, from a request of Python's through a proxy that it starts. */
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
atexit.register(lambda: os.kill(pid(), signal.SIGTERM))
`;

async function run<T>(program: string, env: Record<string, string> = {}): Promise<T> {
  const { path, remove } = temporaryFolder("runtime");
  closeAfterwards(remove);
  const launch = {
    argv: [process.execPath, builtCommand],
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

test.run();
