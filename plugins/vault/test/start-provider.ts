/** A provider on a Vault that the test started, with the options that core would fill in. */
import type { TestContextOptions } from "@mlflow-auth/core/testing";
import type { RealVault } from "@mlflow-auth/test/servers/vault";
import type { FakeVault } from "@mlflow-auth/test/servers/vault-fake";
import { startProvider as start } from "@mlflow-auth/test/start-provider";
import type { VaultOptions } from "../src/generated/options.js";
import { createRequestAuthProvider } from "../src/index.js";

export type GivenOptions = Partial<Omit<VaultOptions, "secret" | "credential" | "cache" | "tls">> & {
  secret?: Partial<VaultOptions["secret"]>;
  credential?: Partial<VaultOptions["credential"]>;
  cache?: Partial<VaultOptions["cache"]>;
  tls?: Partial<VaultOptions["tls"]>;
};

export function completed(address: string, given: GivenOptions = {}): VaultOptions {
  return {
    address,
    allowInsecure: false,
    ...given,
    secret: { mount: "secret", path: "mlflow/auth", ...given.secret },
    credential: { mode: "bearer", header: "Authorization", ...given.credential },
    cache: { ttl: 300_000, maxStale: 0, ...given.cache },
    tls: { insecureSkipVerify: false, ...given.tls },
  };
}

export function startProvider(address: string, given: GivenOptions = {}, context: TestContextOptions = {}) {
  return start(createRequestAuthProvider, completed(address, given), { instance: "vault", ...context });
}

/** A Vault with what the tests read: KV 2 at `secret`, KV 1 at `kv1`, KV 2 at `team/kv`, AppRole with a role `mlflow`. */
export async function seed(vault: RealVault): Promise<void> {
  await vault.request("POST", "sys/mounts/secret", { type: "kv", options: { version: "2" } });
  await vault.request("POST", "sys/mounts/kv1", { type: "kv", options: { version: "1" } });
  await vault.request("POST", "sys/mounts/team/kv", { type: "kv", options: { version: "2" } });
  await vault.request("POST", "sys/auth/approle", { type: "approle" });
  await vault.request("PUT", "sys/policies/acl/mlflow", {
    policy: ["secret/data/mlflow/*", "kv1/mlflow/*", "team/kv/data/mlflow/*"]
      .map((path) => `path "${path}" { capabilities = ["read"] }`)
      .join("\n"),
  });
  await vault.request("POST", "auth/approle/role/mlflow", { token_policies: "mlflow", token_ttl: "20m" });
}

/** Writes to KV, as each version of it wants that. */
export async function write(vault: RealVault, path: string, data: Record<string, unknown>): Promise<void> {
  const [to, body] = path.startsWith("kv1/")
    ? [path, data]
    : [path.replace(/^(secret|team\/kv)\//, "$1/data/"), { data }];
  await vault.request("POST", to, body);
}

/** The variables of a login by AppRole. */
export async function appRole(
  vault: RealVault,
  role = "mlflow",
): Promise<{ VAULT_ROLE_ID: string; VAULT_SECRET_ID: string }> {
  const { role_id } = (await vault.request("GET", `auth/approle/role/${role}/role-id`)).data;
  const { secret_id } = (await vault.request("POST", `auth/approle/role/${role}/secret-id`)).data;
  return { VAULT_ROLE_ID: role_id, VAULT_SECRET_ID: secret_id };
}

/** A wrapping token for what that call brings, as `-wrap-ttl` of Vault's command gives it. */
export async function wrap(vault: RealVault, path: string, body: unknown = {}): Promise<string> {
  const headers = { "X-Vault-Token": vault.rootToken, "X-Vault-Wrap-TTL": "5m" };
  const response = await fetch(`${vault.address}/v1/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const { wrap_info } = (await response.json()) as { wrap_info: { token: string } };
  return wrap_info.token;
}

/** A token with the policy `mlflow` alone. */
export async function token(vault: RealVault, options: Record<string, unknown> = {}): Promise<string> {
  const made = await vault.request("POST", "auth/token/create", { policies: ["mlflow"], ...options });
  return made.auth.client_token;
}

/** What was asked of a Vault while `act` ran: `GET secret/data/mlflow/auth 200`, one line each. */
export async function asked(vault: FakeVault, act: () => Promise<unknown>): Promise<string[]> {
  const from = vault.requests.length;
  await act();
  return vault.requests.slice(from).map(({ method, path, status }) => `${method} ${path} ${status}`);
}

/** A provider that logs in with such a token. */
export async function startWithToken(vault: RealVault, given: GivenOptions = {}) {
  return startProvider(vault.address, given, { env: { VAULT_TOKEN: await token(vault) } });
}
