/** The set-up of a user: the plugins vault and datadog in one file, and a Vault that answers. */
import { fileURLToPath } from "node:url";
import { startFakeVault } from "@mlflow-auth/test/servers/vault-fake";

/** The package.json of this folder names the plugins, so they are found from here. */
const cwd = fileURLToPath(new URL(".", import.meta.url));

/** A set-up that is running. */
export interface VaultSetup {
  /** What `loadConfig` and `loadMlflowAuth` take. */
  readonly options: { config: Record<string, unknown>; cwd: string; env: Record<string, string> };
  /** From now on, Vault takes so many milliseconds for each answer. */
  delayAnswers(milliseconds: number): void;
  stop(): Promise<void>;
}

/**
 * Starts a small Vault with a token in it.
 *
 * @param trackingUri the one server of the file
 * @param cache how long the token is fresh, and how long it may be used after that; durations such as `5m`
 */
export async function vaultSetup(
  trackingUri: string,
  cache: { ttl: string; maxStale: string } = { ttl: "5m", maxStale: "0s" },
): Promise<VaultSetup> {
  const vault = await startFakeVault();
  await vault.request("POST", "sys/mounts/secret", { type: "kv", options: { version: "2" } });
  await vault.request("POST", "secret/data/mlflow/auth", { data: { token: "t".repeat(40) } });
  const plugins = { vault: { secret: { mount: "secret", path: "mlflow/auth" }, cache }, datadog: {} };
  const env = { VAULT_ADDR: vault.address, VAULT_TOKEN: vault.rootToken, DD_API_KEY: "k".repeat(32) };
  return {
    options: { config: { version: 1, trackingUri, plugins }, cwd, env },
    delayAnswers(milliseconds) {
      vault.faults.delay = milliseconds;
    },
    stop: () => vault.stop(),
  };
}
