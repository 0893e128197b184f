/**
 * What the settings of mlflow-secrets-auth, a Python package, decide for all of its providers: which of them are on, and which hosts
 * may get a credential. They may switch on a plugin that is not installed, so its names are known here; what they say for one
 * provider stands in the environment file of the plugin.
 */
import { interpolate, MlflowAuthError } from "@mlflow-auth/core/internal/config";
import type { Environment } from "./environment-rules.js";

/** Its providers, and the plugins that do the same. */
const providers: Readonly<Record<string, string>> = {
  vault: "vault",
  "aws-secrets-manager": "aws",
  "azure-key-vault": "azure",
};

const truthy = /^(1|true|yes|on)$/i;

/** Which plugins the switches turn on; where there is any switch, the others are off. */
export function switchedPlugins(env: Environment): { on: string[]; off: string[] } {
  const listed = (env["MLFLOW_SECRETS_AUTH_ENABLE"] ?? "").split(",").map((name) => name.trim().toLowerCase());
  const switchOf = (provider: string) =>
    env[`MLFLOW_SECRETS_AUTH_ENABLE_${provider.replaceAll("-", "_").toUpperCase()}`] ?? "";
  const names = Object.keys(providers);
  const isOn = (provider: string) => listed.includes(provider) || truthy.test(switchOf(provider).trim());
  const isSwitched = listed.some((name) => name !== "") || names.some((provider) => switchOf(provider) !== "");
  const plugins = (chosen: string[]) => chosen.map((provider) => providers[provider] as string);
  return { on: plugins(names.filter(isOn)), off: isSwitched ? plugins(names.filter((name) => !isOn(name))) : [] };
}

/**
 * What was allowed to get a credential is not widened: the server must be among the hosts that the old setting allowed.
 *
 * @throws MlflowAuthError `USAGE`
 */
export function checkAllowedHosts(env: Environment, trackingUri: string): void {
  const list = env["MLFLOW_SECRETS_ALLOWED_HOSTS"];
  if (!list) return;
  const host = URL.parse(interpolate(trackingUri, env).data as string)?.hostname ?? "an address that is not known yet";
  const patterns = list.split(",").map((pattern) => pattern.trim().toLowerCase());
  if (patterns.some((pattern) => pattern !== "" && globOf(pattern).test(host))) return;
  throw new MlflowAuthError(
    "USAGE",
    `MLFLOW_SECRETS_ALLOWED_HOSTS does not allow ${host}, so it gets no credential now`,
    {
      remedy: "name a server that it allows with --tracking-uri, or unset it if this one is right",
    },
  );
}

/** Shell globs; of a class in brackets, which the old setting took as well, nothing is allowed. */
function globOf(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[\\^$.|+()[\]{}]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", "[^*]");
  return new RegExp(`^${source}$`);
}
