import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { startFakeVault } from "@mlflow-auth/test/servers/vault-fake";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { asked, seed, startProvider, token, write } from "./start-provider.ts";

const test = suite("what the vault plugin tries again");

test("a Vault that fails twice is not noticed, and one that stays down is asked three times", async () => {
  const vault = await startFakeVault();
  try {
    await seed(vault);
    await write(vault, "secret/mlflow/auth", { token: "t" });
    const env = { VAULT_TOKEN: await token(vault) };
    const { faults } = vault;
    for (const set of [{ status: 503 }, { reset: true }]) {
      Object.assign(faults, { ...set, times: 2 });
      const { headers } = await startProvider(vault.address, {}, { env });
      assert.is(await headers(), "Authorization: Bearer t");
      Object.assign(faults, { status: undefined, reset: false, times: Number.POSITIVE_INFINITY });
    }
    faults.status = 503;
    const down = await startProvider(vault.address, {}, { env });
    assert.equal(await asked(vault, down.fault), Array(3).fill("GET sys/internal/ui/mounts/secret/mlflow/auth 503"));
    Object.assign(faults, { status: 429, retryAfter: "40" });
    const busy = await startProvider(vault.address, {}, { env });
    assert.is((await asked(vault, busy.fault)).length, 1);
    Object.assign(faults, { status: undefined });
    await busy.context.clock.advance(39_000);
    assert.equal(await asked(vault, busy.fault), []);
    await busy.context.clock.advance(30_000);
    assert.is(await busy.headers(), "Authorization: Bearer t");
  } finally {
    await vault.stop();
  }
});

test("a program that has nothing else to do stays until the last try has failed", async () => {
  const program = fileURLToPath(new URL("programs/vault-down.ts", import.meta.url));
  const loader = new URL("../../../scripts/typescript.mjs", import.meta.url).href;
  const child = spawn(process.execPath, ["--import", loader, program], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  const code = await new Promise((resolve) => child.on("close", resolve));
  assert.equal([output, code], ["SECRET_UNREACHABLE\n", 0]);
});

test.run();
