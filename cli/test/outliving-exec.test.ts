import { readFileSync } from "node:fs";
import { join } from "node:path";
import { missing, mlflowPython } from "@mlflow-auth/test/servers/tools";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { run } from "./command.js";
import { createSite, type Site } from "./project.js";

const test = suite("a Python program that outlives exec", { missing: await missing("mlflow") });

let site: Site;
test.beforeEach(async () => {
  site = await createSite();
});
test.afterEach(() => site.stop());

const program = `
import json, os, sys, time
pid = json.loads(os.environ["_MLFLOW_AUTH_BRIDGE"])["process"]["pid"]
if "waits" in sys.argv:
    while True:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            break
        time.sleep(0.05)
import mlflow
from mlflow_auth_bridge.provider import bridge
if "elsewhere" in sys.argv:
    bridge._process["namespaces"] = ["another"]
    os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "0"
try:
    mlflow.search_experiments()
except Exception as error:
    print(error)
print("over")
`;

/** What the program says that is left in the background, once it has said it. */
async function outlive(...args: string[]): Promise<string> {
  site.project.write("late.py", program);
  const { code } = await run(
    ["exec", "--", "sh", "-c", `"$0" late.py waits ${args.join(" ")} >late.txt 2>&1 &`, await mlflowPython()],
    { cwd: site.project.folder },
  );
  assert.is(code, 0);
  const read = () => readFileSync(join(site.project.folder, "late.txt"), "utf8");
  while (!read().includes("over\n")) await new Promise((resolve) => setTimeout(resolve, 50));
  return read();
}

test("hears at its next request that its exec has ended, and what to do", async () => {
  const said = await outlive();
  assert.match(said, "the mlflow-auth exec around this program has ended, and its proxy with it");
  assert.match(said, `nothing can be sent to ${site.upstream.uri}. Try this:`);
});

test("hears nothing of that where processes or ports are counted elsewhere", async () => {
  const said = await outlive("elsewhere");
  assert.match(said, /refused/i);
  assert.not.match(said, "has ended");
});

test.run();
