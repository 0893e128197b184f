/** MLflow credentials from HashiCorp Vault: the entry point that package.json names. */
import type { Factory } from "@mlflow-auth/core/plugin";
import { chooseLogin } from "./choose-login.js";
import { createVaultClient } from "./client.js";
import { fetchSecret } from "./fetch-secret.js";
import type { VaultOptions } from "./generated/options.js";
import { createKvReader } from "./kv.js";

/** Milliseconds between which `cache.ttl` is kept. */
const TTL = { shortest: 1_000, longest: 24 * 3_600_000 };

export const createRequestAuthProvider: Factory<"mlflow.request_auth_provider", VaultOptions> = (options, context) => {
  const client = createVaultClient(options, context);
  const login = chooseLogin(options, client, context);
  const kv = createKvReader(options, client);
  const { ttl, maxStale } = options.cache;
  const policy = { ttl: Math.min(Math.max(ttl, TTL.shortest), TTL.longest), maxStale };
  const fetch = () => fetchSecret({ login, kv }, options, context);
  return {
    getAuth: () => context.secrets.get("secret", fetch, policy),
    // The login is kept: it is MLflow that refused the secret, not Vault that refused the login.
    invalidate: (kind) =>
      kind === "unauthorized" ? context.secrets.invalidate("secret") : context.secrets.expire("secret"),
    close() {
      login.close();
      client.close();
    },
  };
};
