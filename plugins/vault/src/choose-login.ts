/** Which way of logging in the options and the environment ask for. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { environmentSource, fileSource, type PluginContext, type SecretSource } from "@mlflow-auth/core/plugin";
import type { VaultClient } from "./client.js";
import type { VaultOptions } from "./generated/options.js";
import { createLogin, type Login } from "./login.js";
import { type LoginMethod, loginMethod } from "./login-methods.js";
import { createStaticToken } from "./static-token.js";

/** Without `auth`: `VAULT_TOKEN`, else AppRole with `VAULT_ROLE_ID` and `VAULT_SECRET_ID`, else `~/.vault-token`. */
export function chooseLogin(options: VaultOptions, client: VaultClient, context: PluginContext): Login {
  const { auth } = options;
  const by = (method: LoginMethod) => createLogin(method, options, client, context);
  if (auth !== undefined && auth.method !== "token") return by(loginMethod(auth));
  const named = auth?.token ?? variable("VAULT_TOKEN", context);
  if (named !== undefined) return createStaticToken(async () => named, client, context);
  const roleId = context.env["VAULT_ROLE_ID"];
  const secretId = variable("VAULT_SECRET_ID", context);
  if (auth === undefined && roleId && secretId !== undefined) {
    return by(loginMethod({ method: "approle", roleId, secretId, mount: "approle" }));
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
      "set VAULT_TOKEN, or VAULT_ROLE_ID and VAULT_SECRET_ID; or run vault login; or name a login under auth, for example { method: token, token: { file: PATH } }",
  });
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== "ENOENT" && error.code !== "ENOTDIR",
  );
}
