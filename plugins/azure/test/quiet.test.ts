import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";

const test = suite("what the Azure SDK prints", { timeout: 60 });

const root = fileURLToPath(new URL("../../..", import.meta.url));
const program = fileURLToPath(new URL("programs/logged.ts", import.meta.url));
const own = "azure:own:info before\nazure:own:info after\n";

const switches: [env: Record<string, string>, printed: string][] = [
  [{}, ""],
  [{ AZURE_LOG_LEVEL: "verbose" }, own],
  [{ TYPESPEC_RUNTIME_LOG_LEVEL: "verbose" }, ""],
  [{ DEBUG: "azure*" }, own],
  [{ DEBUG: "*" }, own],
];
for (const [env, printed] of switches) {
  const [[name, value] = ["nothing", "set"]] = Object.entries(env);
  test(`${name}=${value}: nothing of the plugin's use of it, and all of the program's own`, () => {
    const args = ["--import", `${root}scripts/typescript.mjs`, program];
    const { PATH = "", HOME = "" } = process.env;
    // A proxy with a password, of which some libraries tell as they start.
    const surroundings = { PATH, HOME, HTTPS_PROXY: "http://user:canary-of-a-password@127.0.0.1:9" };
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      env: { ...surroundings, ...env },
      encoding: "utf8",
    });
    assert.equal([status, stdout, stderr], [0, "", printed]);
  });
}

test.run();
