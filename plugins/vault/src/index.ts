/** MLflow credentials from HashiCorp Vault: the entry point that package.json names, and which login the options ask for. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import {
  credentialProvider,
  environmentSource,
  type Factory,
  fileSource,
  type PluginContext,
  type SecretSource,
} from "@mlflow-auth/core/plugin";
import { createVaultClient, type VaultClient } from "./client.js";
import { createKvReader, fetchSecret } from "./fetch-secret.js";
import type { VaultOptions } from "./generated/options.js";
import { createLogin, type LoginMethod, loginMethod } from "./login.js";
import { createStaticToken, type Login, noLogin } from "./tokens.js";
import { unwrapped } from "./wrapped-secret-id.js";

/** The one credential of all requests. Sends nothing before the first of them. */
export const createRequestAuthProvider: Factory<"mlflow.request_auth_provider", VaultOptions> = (options, context) => {
  const client = createVaultClient(options, context);
  const login = chooseLogin(options, client, context);
  const kv = createKvReader(options, client);
  const create = credentialProvider<VaultOptions>(() => fetchSecret({ login, kv }, options, context), {
    close: login.close,
  });
  return create(options, context);
};

/** Without `auth`: `VAULT_TOKEN`, else AppRole with `VAULT_ROLE_ID` and `VAULT_SECRET_ID`, else `~/.vault-token`. */
function chooseLogin(options: VaultOptions, client: VaultClient, context: PluginContext): Login {
  const { auth } = options;
  const by = (method: LoginMethod) => createLogin(method, options, client, context);
  if (auth?.method === "none") return noLogin;
  if (auth?.method === "approle" && auth.wrapped) {
    return by(loginMethod({ ...auth, secretId: unwrapped(auth, client, options, context) }));
  }
  if (auth !== undefined && auth.method !== "token") return by(loginMethod(auth));
  const named = auth?.token ?? variable("VAULT_TOKEN", context);
  if (named !== undefined) return createStaticToken(async () => named, client, context);
  const roleId = context.env["VAULT_ROLE_ID"];
  const secretId = variable("VAULT_SECRET_ID", context);
  if (auth === undefined && roleId && secretId !== undefined) {
    return by(loginMethod({ method: "approle", roleId, secretId, mount: "approle", wrapped: false }));
  }
  return createStaticToken(() => tokenFile(context), client, context);
}

function variable(name: string, { env }: PluginContext): SecretSource | undefined {
  return env[name]?.trim() ? environmentSource(name, env) : undefined;
}

/** Where `vault login` leaves its token. */
async function tokenFile(context: PluginContext): Promise<SecretSource> {
  const home = context.env["HOME"] ?? context.env["USERPROFILE"];
  const file = home === undefined ? undefined : join(home, ".vault-token");
  if (file !== undefined && (await exists(file))) return fileSource(file);
  throw context.error("SECRET_SOURCE", "there is nothing to log in to Vault with", {
    remedy:
      "set VAULT_TOKEN, or VAULT_ROLE_ID and VAULT_SECRET_ID; or run `vault login`; or name a login, for example `auth: { method: token, token: { file: PATH } }`",
  });
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== "ENOENT" && error.code !== "ENOTDIR",
  );
}
