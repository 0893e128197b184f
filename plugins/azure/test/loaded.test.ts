import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";

const test = suite("when the Azure SDK is loaded", { timeout: 60 });

test("nothing of it with the plugin, what reads vaults with the first request, and what logs in where a vault asks", () => {
  const program = fileURLToPath(new URL("programs/loaded.ts", import.meta.url));
  const typescript = fileURLToPath(new URL("../../../scripts/typescript.mjs", import.meta.url));
  const said = execFileSync(process.execPath, ["--import", typescript, program], { encoding: "utf8" });
  assert.equal(said.trim().split("\n"), [
    'made {"vaults":false,"logins":false}',
    'down {"vaults":true,"logins":false}',
    'read {"vaults":true,"logins":true}',
  ]);
});

test.run();
