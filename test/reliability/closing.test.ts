import { setTimeout as sleep } from "node:timers/promises";
import { loadConfig, openAuthorizer } from "@mlflow-auth/core/internal";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { startFakeVault } from "../servers/vault-fake.ts";

const test = suite("the end of a program while a secret store hangs");
const uri = "https://mlflow.test";

test("a refresh under way neither holds up close() until its own time-out nor is reported as an outage", async () => {
  const vault = await startFakeVault();
  await vault.request("POST", "sys/mounts/secret", { type: "kv", options: { version: "2" } });
  await vault.request("POST", "secret/data/mlflow/auth", { data: { token: "abc" } });
  const warnings: string[] = [];
  const log = () => undefined;
  const env = { VAULT_ADDR: vault.address, VAULT_TOKEN: vault.rootToken };
  const config = await loadConfig({
    config: {
      version: 1,
      trackingUri: uri,
      plugins: { vault: { secret: { path: "mlflow/auth" }, cache: { ttl: "1s", maxStale: "1h" } } },
    },
    cwd: import.meta.dirname,
    env,
  });
  const authorizer = await openAuthorizer(config, {
    env,
    logger: { debug: log, info: log, warn: (_fields, message) => void warnings.push(message), error: log },
  });
  await authorizer.authorize({ url: uri, method: "GET" });
  vault.faults.hang = true;
  const asked = vault.requests.length;
  while (vault.requests.length === asked) {
    await authorizer.authorize({ url: uri, method: "GET" });
    await sleep(10);
  }
  const answered = () => vault.requests.slice(asked).filter(({ status }) => status !== undefined).length;
  const patience = sleep(8_000, "too late", { ref: false });
  assert.is(await Promise.race([authorizer.close(), patience]), undefined);
  assert.is(answered(), 0);
  assert.equal(warnings, []);
  await vault.stop();
});

test.run();
