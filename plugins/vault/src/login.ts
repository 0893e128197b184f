/** How the plugin comes to a Vault token. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import {
  environmentSource,
  fileSource,
  headerValue,
  type PluginContext,
  Secret,
  type SecretSource,
} from "@mlflow-auth/core/plugin";
import { field, leaseOf } from "./answer.js";
import type { VaultClient } from "./client.js";
import { loginFault, noToken } from "./faults.js";
import type { VaultOptions } from "./generated/options.js";
import { encode } from "./kv.js";

export interface Login {
  /**
   * A token to read with.
   *
   * @throws MlflowAuthError `LOGIN_FAILED`, `SECRET_SOURCE`, or `SECRET_UNREACHABLE`
   */
  token(): Promise<Secret>;
  /** Vault refused the token. True: the next `token()` logs in anew; false: there is nothing to log in with but that token. */
  forget(): boolean;
}

interface AppRole {
  readonly roleId: string;
  readonly secretId: SecretSource;
  readonly mount: string;
}

/** Milliseconds after which even a login without an end is made anew. */
const LONGEST_LOGIN = 24 * 3_600_000;

export function createLogin(options: VaultOptions, client: VaultClient, context: PluginContext): Login {
  const { auth } = options;
  if (auth?.method === "approle") return appRoleLogin(auth, options, client, context);
  const named = auth?.token ?? variable("VAULT_TOKEN", context);
  if (named !== undefined) return tokenLogin(() => named, context);
  const roleId = context.env["VAULT_ROLE_ID"];
  const secretId = variable("VAULT_SECRET_ID", context);
  if (auth === undefined && roleId && secretId !== undefined) {
    return appRoleLogin({ roleId, secretId, mount: "approle" }, options, client, context);
  }
  return tokenLogin(() => tokenFile(context), context);
}

/** Somebody else keeps the token valid, in a variable or a file. It is read again each time. */
function tokenLogin(source: () => SecretSource | Promise<SecretSource>, context: PluginContext): Login {
  return {
    async token() {
      const from = await source();
      return headerValue(await from.read(), { name: `the Vault token in ${from.origin}`, error: context.error });
    },
    forget: () => false,
  };
}

function appRoleLogin(role: AppRole, options: VaultOptions, client: VaultClient, context: PluginContext): Login {
  const mount = role.mount.replaceAll(/^\/+|\/+$/g, "");

  async function logIn() {
    const started = context.clock.now();
    const secretId = await role.secretId.read();
    const data = { role_id: role.roleId, secret_id: secretId.reveal().trim() };
    const answer = await client.write(encode(`auth/${mount}/login`), data);
    if (answer.status !== 200 || answer.body === undefined) throw loginFault(answer, mount, options, context);
    const auth = field(answer.body, "auth");
    const token = field(auth, "client_token");
    if (typeof token !== "string" || token === "") throw noToken(answer, mount, context);
    const value = headerValue(new Secret(token), { name: "the token that Vault gave", error: context.error });
    return { value, lease: leaseOf(auth, context.clock.now() - started) };
  }

  return {
    token: async () => await context.secrets.get("login", logIn, { ttl: LONGEST_LOGIN }),
    forget() {
      context.secrets.invalidate("login");
      return true;
    },
  };
}

function variable(name: string, { env }: PluginContext): SecretSource | undefined {
  return env[name]?.trim() ? environmentSource(name, env) : undefined;
}

/** Where `vault login` leaves its token. */
async function tokenFile(context: PluginContext): Promise<SecretSource> {
  const home = context.env["HOME"] ?? context.env["USERPROFILE"];
  const file = home === undefined ? undefined : join(home, ".vault-token");
  if (file !== undefined && (await exists(file))) return fileSource(file);
  throw context.error("LOGIN_FAILED", "there is nothing to log in to Vault with", {
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
