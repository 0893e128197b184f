/** The variables of the Python plugin mlflow-secrets-auth, which no schema names: its switches, and its settings for Vault. */
import type { DataObject } from "@mlflow-auth/core/internal/config";

type Environment = Readonly<Record<string, string | undefined>>;

/** Our plugins by its providers' names. */
const providers: Readonly<Record<string, string>> = {
  vault: "vault",
  "aws-secrets-manager": "aws",
  "azure-key-vault": "azure",
};

const truthy = /^(1|true|yes|on)$/i;

/** Which plugins its switches turn on; where there is any switch, the others are off. */
export function secretsAuthPlugins(env: Environment): { on: string[]; off: string[] } {
  const listed = (env["MLFLOW_SECRETS_AUTH_ENABLE"] ?? "").split(",").map((name) => name.trim().toLowerCase());
  const switchOf = (provider: string) =>
    env[`MLFLOW_SECRETS_AUTH_ENABLE_${provider.replaceAll("-", "_").toUpperCase()}`] ?? "";
  const names = Object.keys(providers);
  const isOn = (provider: string) => listed.includes(provider) || truthy.test(switchOf(provider).trim());
  const isSwitched = listed.some((name) => name !== "") || names.some((provider) => switchOf(provider) !== "");
  const plugins = (chosen: string[]) => chosen.map((provider) => providers[provider] as string);
  return { on: plugins(names.filter(isOn)), off: isSwitched ? plugins(names.filter((name) => !isOn(name))) : [] };
}

/** Its settings for Vault, as options of our plugin. @returns the names of the variables that were taken over */
export function applySecretsAuth(options: DataObject, env: Environment): string[] {
  const taken: string[] = [];
  const take = (variable: string, use: (value: string) => void) => {
    const value = env[variable]?.trim();
    if (!value) return;
    use(value);
    taken.push(variable);
  };
  const credential: DataObject = {};
  take("MLFLOW_VAULT_SECRET_PATH", (value) => {
    const [mount = "", ...rest] = plain(value).replace(/^\/+/, "").split("/");
    if (rest.length > 0) options["secret"] = { mount, path: rest.join("/") };
    else options["secret"] = { path: mount };
  });
  take("MLFLOW_VAULT_AUTH_MODE", (value) => {
    credential["mode"] = plain(value.toLowerCase());
  });
  take("MLFLOW_AUTH_HEADER_NAME", (value) => {
    credential["header"] = plain(value);
  });
  if (Object.keys(credential).length > 0) options["credential"] = credential;
  take("MLFLOW_VAULT_TTL_SEC", (value) => {
    const seconds = /^\d{1,9}$/.test(value) ? Number(value) : 300;
    options["cache"] = { ttl: `${Math.min(Math.max(seconds, 1), 86_400)}s` };
  });
  const login = loginOf(env);
  if (login !== undefined) {
    options["auth"] = login.auth;
    taken.push(...login.variables);
  }
  return taken;
}

/** The login that Vault's variables name; undefined: the token in the user's home, which is the plugin's default. */
function loginOf(env: Environment): { auth: DataObject; variables: string[] } | undefined {
  if (env["VAULT_TOKEN"]) {
    return { auth: { method: "token", token: { env: "VAULT_TOKEN" } }, variables: ["VAULT_TOKEN"] };
  }
  if (!env["VAULT_ROLE_ID"] || !env["VAULT_SECRET_ID"]) return undefined;
  const auth = { method: "approle", roleId: "${VAULT_ROLE_ID}", secretId: { env: "VAULT_SECRET_ID" } };
  return { auth, variables: ["VAULT_ROLE_ID", "VAULT_SECRET_ID"] };
}

/** A text that stands for itself in the file. */
function plain(value: string): string {
  return value.replaceAll("${", "$${");
}
