/** What changes in the environment of a program that `exec` runs. */
import { delimiter } from "node:path";
import type { Config, ServerConfig } from "@mlflow-auth/core/internal";
import { bridgeName, bridgeSettings, bridgeVariable, pythonFolder } from "@mlflow-auth/proxy";
import { baseOf } from "./choose-upstream.js";

/** As `process.env` has it: a variable that is undefined is not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment of a program depends on. */
export interface ChildEnvironmentOptions {
  /** The environment of the command itself. It is copied, not changed. */
  readonly parent: Environment;
  /** The running proxy. `urlFor` gives the address under which it serves another URL; undefined if the file does not list it. */
  readonly proxy: { readonly url: string; urlFor(url: string): string | undefined };
  /** The base URL to which the proxy leads, and its server. */
  readonly upstream: string;
  readonly server: ServerConfig;
  readonly config: Config;
  /** Keeps the variables that the file names by `{ env }`. */
  readonly keepEnv: boolean;
}

/** The whole environment of the program, not only what differs from the command's own. */
export interface ChildEnvironment {
  readonly env: Record<string, string>;
  /** Sentences for stderr, such as that the registry gets no credentials. None of them ends the command. */
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

const LOOPBACK = ["127.0.0.1", "localhost"];

/**
 * The tracking URI is the proxy's, and so is the registry's where it is a listed server; loopback is exempt from any HTTP proxy.
 * Credentials that the authorizer gives in the program's place are taken out. `MLFLOW_TRACKING_SERVER_CERT_PATH` and its like stay:
 * they are no credentials, change nothing for plain http, and may serve the program for a server that is not listed.
 *
 * MLflow's Python client finds the bridge to the proxy, in the place of whatever else would authenticate its requests.
 */
export function childEnvironment(options: ChildEnvironmentOptions): ChildEnvironment {
  const { parent, server, config, keepEnv } = options;
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(parent)) if (value !== undefined) env[name] = value;
  const { addresses, warnings } = proxiedAddresses(options);
  for (const [name, { proxy }] of Object.entries(addresses)) env[name] = proxy;

  const lower = parent["no_proxy"] ?? parent["NO_PROXY"];
  const upper = parent["NO_PROXY"] ?? parent["no_proxy"];
  env["no_proxy"] = withLoopback(lower);
  env["NO_PROXY"] = withLoopback(upper);

  if (server.auth.length > 0) for (const name of CLIENT_CREDENTIALS) delete env[name];
  if (!keepEnv) for (const name of variablesOf(config)) delete env[name];
  addBridge(env, options, addresses);
  return { env, warnings };
}

type Addresses = Record<string, { proxy: string; real: string }>;

function proxiedAddresses({ parent, proxy, upstream }: ChildEnvironmentOptions) {
  const addresses: Addresses = { MLFLOW_TRACKING_URI: { proxy: proxy.url, real: upstream } };
  const warnings: string[] = [];
  const registry = parent["MLFLOW_REGISTRY_URI"];
  if (registry !== undefined && /^https?:/i.test(registry)) {
    const proxied = proxy.urlFor(registry);
    if (proxied !== undefined) addresses["MLFLOW_REGISTRY_URI"] = { proxy: proxied, real: baseOf(registry) };
    else warnings.push("MLFLOW_REGISTRY_URI names no server of the file; requests to it go out without credentials");
  }
  return { addresses, warnings };
}

function addBridge(env: Record<string, string>, options: ChildEnvironmentOptions, addresses: Addresses): void {
  const { parent, proxy, upstream, config } = options;
  const { MLFLOW_TRACKING_AUTH: auth, MLFLOW_TRACKING_AWS_SIGV4: sigv4 } = parent;
  // Within another exec it is the bridge itself.
  const displaced = { auth: auth && auth !== bridgeName ? auth : null, sigv4: /^(?:true|1)$/i.test(sigv4 ?? "") };
  env[bridgeVariable] = bridgeSettings({ config, proxyUrl: proxy.url, upstream, addresses, displaced });
  env["MLFLOW_TRACKING_AUTH"] = bridgeName;
  // MLflow would sign by itself, and never ask the bridge.
  delete env["MLFLOW_TRACKING_AWS_SIGV4"];
  const { PYTHONPATH: path } = parent;
  env["PYTHONPATH"] = path ? pythonFolder + delimiter + path : pythonFolder;
}

function withLoopback(list: string | undefined): string {
  const names = (list ?? "").split(",").map((name) => name.trim());
  return [...names.filter((name) => name !== ""), ...LOOPBACK.filter((name) => !names.includes(name))].join(",");
}

/** The environment variables that the file names by `{ env: NAME }`: each holds a credential that only the authorizer needs. */
function variablesOf(config: Config): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { options } of config.instances) collect(options, names);
  return names;
}

function collect(value: unknown, names: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  if ("read" in value && "origin" in value) {
    const { variable } = value as { variable?: unknown };
    if (typeof variable === "string") names.add(variable);
    return;
  }
  for (const member of Object.values(value)) collect(member, names);
}
