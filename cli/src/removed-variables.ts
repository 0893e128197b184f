/** Which variables `exec` takes out of a program's environment, and what it says of them. */
import type { Config, SecretVariables, ServerConfig } from "@mlflow-auth/core/internal";
import type { KeptVariables } from "./keep-env.js";

/** What decides which variables go. */
export interface RemovalOptions {
  readonly config: Config;
  /** The server to which `MLFLOW_TRACKING_URI` will lead. */
  readonly server: Pick<ServerConfig, "auth">;
  /** Undefined: none. */
  readonly keep?: KeptVariables | undefined;
  /** The environment of the command itself. */
  readonly parent: Readonly<Record<string, string | undefined>>;
}

/** Names that need not be set, and sentences for stderr. */
export interface Removal {
  readonly names: readonly string[];
  readonly warnings: readonly string[];
}

/** With these MLflow's clients authenticate by themselves, or fail to start where they can't. */
export const CLIENT_CREDENTIALS = [
  "MLFLOW_TRACKING_TOKEN",
  "MLFLOW_TRACKING_USERNAME",
  "MLFLOW_TRACKING_PASSWORD",
  "MLFLOW_TRACKING_AUTH",
  "MLFLOW_TRACKING_AWS_SIGV4",
];

/** What any program may need, and holds no secret by itself: as a part of a secret, such as `${USER}:${PASSWORD}`, it stays. */
const NEEDED = new Set(
  "MLFLOW_TRACKING_URI MLFLOW_REGISTRY_URI PATH HOME USER LOGNAME USERNAME USERPROFILE SYSTEMROOT HOSTNAME PWD SHELL TMPDIR TEMP TMP LANG".split(
    " ",
  ),
);
/** What `exec` sets itself, or must take out, for the bridge in Python to be asked. */
const BRIDGE = new Set(["MLFLOW_TRACKING_AUTH", "MLFLOW_TRACKING_AWS_SIGV4"]);

/**
 * All that the file's secrets come from, also those of instances that no server uses; and what a client would authenticate with by
 * itself, where the file gives the credential in its place.
 */
export function removedVariables({ config, server, keep, parent }: RemovalOptions): Removal {
  const { named, fallbacks } = secretVariablesOf(config);
  const secrets = new Set([...named, ...fallbacks]);
  const ambient = server.auth.length > 0 ? CLIENT_CREDENTIALS : [];
  if (keep === "all") return { names: ambient.filter((name) => !secrets.has(name)), warnings: [] };

  const all = new Set([...secrets, ...ambient]);
  const names = [...all].filter((name) => keep?.has(name) !== true && !NEEDED.has(name));
  const warnings = [...(keep ?? [])]
    .filter((name) => !all.has(name) || BRIDGE.has(name))
    .map((name) => ofNothing(name, parent));
  const unnamed = [...fallbacks].filter((name) => keep?.has(name) !== true);
  if (unnamed.length > 0) warnings.push(ofFallbacks(unnamed));
  return { names, warnings };
}

/** What every program goes without where nothing is kept, but for the variables that `exec` sets itself. */
export function withheldVariables(options: Omit<RemovalOptions, "keep">): string[] {
  return removedVariables(options).names.filter((name) => !BRIDGE.has(name));
}

/** The variables that the secrets of all instances come from; a fallback of one that is named for another counts as named. */
export function secretVariablesOf({ instances }: Config): Record<keyof SecretVariables, ReadonlySet<string>> {
  const named = new Set(instances.flatMap(({ secretVariables }) => secretVariables.named));
  const fallbacks = instances.flatMap(({ secretVariables }) => secretVariables.fallbacks);
  return { named, fallbacks: new Set(fallbacks.filter((name) => !named.has(name))) };
}

function ofNothing(name: string, parent: RemovalOptions["parent"]): string {
  // A shell has put the value in its place: not repeated.
  const [meant] = Object.entries(parent).find(([, value]) => value === name) ?? [];
  return meant === undefined
    ? `--keep-env=${name} changes nothing: no secret of the file comes from a variable of that name`
    : `--keep-env takes the name of a variable, and was given the value of ${meant}: write --keep-env=${meant}`;
}

function ofFallbacks(names: readonly string[]): string {
  const it = names.length === 1 ? "it" : "them";
  const keep = names.map((name) => `--keep-env=${name}`).join(" ");
  return `taken out of the program's environment, for secrets of the file fall back to ${it}: ${names.join(", ")}; to leave ${it} there: ${keep}; to end this warning, name ${it} in the file, as in { env: ${names[0]} }`;
}
