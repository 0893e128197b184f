/**
 * What switches plugins on in the environment, where there is no file: `MLFLOW_AUTH_PLUGINS`, and the switches of the systems that came
 * before. They may switch on a plugin that is not installed, so its package is known here; all else about a vendor is in that package.
 */
import { similarName } from "../config/expectation.js";
import type { Environment } from "../config/interpolate.js";
import { ownPackage, ownPlugins } from "../discovery/install-command.js";

/** Where a key is good for something, so that there it is a switch by itself. */
interface Api {
  /** Holds the address, where it is another one. */
  readonly variable: string;
  readonly usual: string;
}

/** One way in which an older system is switched on. */
interface Switch {
  readonly system: string;
  readonly variable: string;
  /** What the variable must say. `name`: as the only name; `listed`: among names with commas between; `begins`: text that begins so;
   * `keyFor`: anything, where MLFLOW_TRACKING_URI is on the host that the key is for. Undefined: 1, true, yes or on. */
  readonly says?:
    | { readonly name: string }
    | { readonly listed: string }
    | { readonly begins: string }
    | { readonly keyFor: Api };
  /** The plugin that does the same. Undefined: which one, another switch of the system says. */
  readonly plugin?: string;
  /** Who reads the variable beside a file, too. */
  readonly readBy?: "plugin" | "client";
  /** It authenticates nothing, so it goes with any other. */
  readonly onlyAdds?: true;
}

const secretsAuth = "mlflow-secrets-auth";
const secretsList = "MLFLOW_SECRETS_AUTH_ENABLE";

const hokusai: Api = { variable: "HOKUSAI_API_ENDPOINT", usual: "https://registry.hokus.ai" };

/** Of one system, in the order in which its plugins are asked. */
const switches: readonly Switch[] = [
  { system: secretsAuth, variable: "MLFLOW_TRACKING_AUTH", says: { name: "mlflow_secrets_auth" } },
  { system: secretsAuth, variable: secretsList, says: { listed: "vault" }, plugin: "vault" },
  { system: secretsAuth, variable: secretsList, says: { listed: "aws-secrets-manager" }, plugin: "aws" },
  { system: secretsAuth, variable: secretsList, says: { listed: "azure-key-vault" }, plugin: "azure" },
  { system: secretsAuth, variable: "MLFLOW_SECRETS_AUTH_ENABLE_VAULT", plugin: "vault" },
  { system: secretsAuth, variable: "MLFLOW_SECRETS_AUTH_ENABLE_AWS_SECRETS_MANAGER", plugin: "aws" },
  { system: secretsAuth, variable: "MLFLOW_SECRETS_AUTH_ENABLE_AZURE_KEY_VAULT", plugin: "azure" },
  { system: "Descope", variable: "MLFLOW_TRACKING_AUTH", says: { name: "descope" }, plugin: "descope" },
  { system: "AWS SigV4", variable: "MLFLOW_TRACKING_AWS_SIGV4", plugin: "sigv4", readBy: "client" },
  { system: "AWS SigV4", variable: "MLFLOW_TRACKING_URI", says: { begins: "arn:" }, plugin: "sigv4", readBy: "client" },
  { system: "Hokusai", variable: "HOKUSAI_MOCK_MODE", plugin: "hokusai", readBy: "plugin" },
  { system: "Hokusai", variable: "HOKUSAI_OPTIONAL_MLFLOW", plugin: "hokusai", readBy: "plugin" },
  { system: "Hokusai", variable: "HOKUSAI_API_KEY", says: { keyFor: hokusai }, plugin: "hokusai", readBy: "plugin" },
  { system: "Datadog", variable: "DD_MODEL_LAB_ENABLED", plugin: "datadog", readBy: "plugin", onlyAdds: true },
];

/** Our own, which stands for all others: the names of plugins, with commas between, in the order in which they are asked. */
export const pluginsVariable = "MLFLOW_AUTH_PLUGINS";

/** A plugin that the environment switches on. */
export interface SwitchedPlugin {
  /** Its entry-point name. */
  readonly plugin: string;
  /** The package that gives it, where it is known. */
  readonly package: string | undefined;
  /** The variables that say so. */
  readonly variables: readonly string[];
  /** Whose switch it is; undefined for our own. */
  readonly system: string | undefined;
  readonly onlyAdds: boolean;
}

/** What the environment switches on and off. */
export interface Switched {
  /** In the order in which they are asked. */
  readonly on: readonly SwitchedPlugin[];
  /** Names of plugins that are off though their system has a switch here. */
  readonly off: readonly string[];
  /** The variables of all switches that are on, also of those that name no plugin. None: there is no switch. */
  readonly variables: readonly string[];
  /** The variable that lists something which its system does not have, with what it has. */
  readonly unknown?:
    | { readonly variable: string; readonly known: readonly string[]; readonly meant?: string }
    | undefined;
}

/** Reads all switches. Asks nothing of what is installed. */
export function readSwitches(env: Environment): Switched {
  const own = namesIn(env[pluginsVariable]);
  if (own.length > 0) {
    const on = own.map((plugin) => ({
      plugin,
      package: packageOf(plugin),
      variables: [pluginsVariable],
      system: undefined,
      onlyAdds: false,
    }));
    return { on, off: [], variables: [pluginsVariable] };
  }
  const unknown = unknownName(env);
  const on = new Map<string, SwitchedPlugin>();
  const variables = new Set<string>();
  for (const one of switches.filter((candidate) => isOn(candidate, env))) {
    const { plugin, variable, system, onlyAdds = false } = one;
    variables.add(variable);
    if (plugin === undefined) continue;
    const before = on.get(plugin)?.variables ?? [];
    on.set(plugin, { plugin, package: packageOf(plugin), variables: [...before, variable], system, onlyAdds });
  }
  if (unknown !== undefined) variables.add(unknown.variable);
  const touched = new Set(switches.filter((one) => isTouched(one, env)).map(({ system }) => system));
  const plugins = [...new Set(switches.map(({ plugin }) => plugin))].filter((plugin) => plugin !== undefined);
  const order = (names: readonly string[]) => plugins.filter((plugin) => names.includes(plugin));
  const off = switches.flatMap(({ plugin, system }) =>
    plugin !== undefined && touched.has(system) && !on.has(plugin) ? [plugin] : [],
  );
  return {
    on: order([...on.keys()]).map((plugin) => on.get(plugin) as SwitchedPlugin),
    off: order(off),
    variables: [...variables],
    unknown,
  };
}

/**
 * The switches that are on and that nobody follows beside a file. One that the plugin reads itself is followed where the file uses that
 * plugin, and one of MLflow's own client may be by that.
 *
 * @param used the plugins that the file uses
 */
export function ignoredSwitches(env: Environment, used: ReadonlySet<string>): readonly string[] {
  const followed = switches.filter(
    ({ readBy, plugin }) => readBy === "client" || (readBy && used.has(plugin as string)),
  );
  const names = followed.map(({ variable }) => variable);
  return readSwitches(env).variables.filter((variable) => !names.includes(variable));
}

/** Whether a variable that is a switch and nothing else is set, be it to no. One that others use says nothing of a system that is off. */
function isTouched({ variable, says }: Switch, env: Environment): boolean {
  return (says === undefined || "listed" in says) && Boolean(env[variable]?.trim());
}

function isOn({ variable, says }: Switch, env: Environment): boolean {
  const text = env[variable] ?? "";
  if (says === undefined) return isYes(text);
  if ("keyFor" in says) return text.trim() !== "" && isAt(says.keyFor, env);
  if ("begins" in says) return text.trim().startsWith(says.begins);
  return "name" in says ? text.trim() === says.name : namesIn(text.toLowerCase()).includes(says.listed);
}

function isAt({ variable, usual }: Api, env: Environment): boolean {
  const origin = URL.parse(env["MLFLOW_TRACKING_URI"] ?? "")?.origin;
  return origin !== undefined && origin !== "null" && origin === URL.parse(env[variable]?.trim() || usual)?.origin;
}

/** Whether a variable says yes, as all of these systems read it. */
export function isYes(text: string | undefined): boolean {
  return /^(1|true|yes|on)$/i.test(text?.trim() ?? "");
}

/** Texts with commas between; each once, and no blank one. */
export function namesIn(list: string | undefined): string[] {
  const names = (list ?? "").split(",").map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== ""))];
}

function unknownName(env: Environment): Switched["unknown"] {
  const known = switches.flatMap(({ says }) => (says !== undefined && "listed" in says ? [says.listed] : []));
  const other = namesIn(env[secretsList]?.toLowerCase()).find((name) => !known.includes(name));
  if (other === undefined) return undefined;
  const meant = similarName(other, known);
  return { variable: secretsList, known, ...(meant !== undefined && { meant }) };
}

function packageOf(plugin: string): string | undefined {
  const isOwn = ownPlugins.includes(plugin) || switches.some((one) => one.plugin === plugin);
  return isOwn ? ownPackage(plugin) : undefined;
}
