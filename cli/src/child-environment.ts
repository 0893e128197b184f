/** What changes in the environment of a program that `exec` runs. */
import { delimiter } from "node:path";
import { type Config, removalVariable, type ServerConfig } from "@mlflow-auth/core/internal";
import { bridgeName, bridgeSettings, bridgeVariable, pythonWheel } from "@mlflow-auth/proxy";
import { baseOf } from "./choose-upstream.js";
import type { KeptVariables } from "./keep-env.js";
import type { OuterExec } from "./nested-exec.js";
import { launchVariable } from "./outer-proxy.js";
import { removedVariables } from "./removed-variables.js";
import type { Environment } from "./same-meaning.js";

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
  /** The variables of the file's secrets that the program keeps. Undefined: none. */
  readonly keep?: KeptVariables | undefined;
  /** Default: that of this process. On Windows the names of variables are the same in every case. */
  readonly platform?: NodeJS.Platform | undefined;
}

/** The whole environment of the program, not only what differs from the command's own. */
export interface ChildEnvironment {
  readonly env: Record<string, string>;
  /** Sentences for stderr, such as that the registry gets no credentials. None of them ends the command. */
  readonly warnings: readonly string[];
}

const LOOPBACK = ["127.0.0.1", "localhost"];

/**
 * The tracking URI is the proxy's, and so is the registry's where it is a listed server; loopback is exempt from any HTTP proxy.
 * Credentials that the authorizer gives in the program's place are taken out. `MLFLOW_TRACKING_SERVER_CERT_PATH` and its like stay:
 * they are no credentials, change nothing for plain http, and may serve the program for a server that is not listed.
 *
 * MLflow's Python client finds the bridge to the proxy, in the place of whatever else would authenticate its requests.
 */
export function childEnvironment(options: ChildEnvironmentOptions): ChildEnvironment {
  const { parent } = options;
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(parent)) if (value !== undefined) env[name] = value;
  const unset = unsetter(env, options.platform);
  const removal = removedVariables(options);
  const removed = removal.names.filter(unset);

  const { addresses, warnings } = proxiedAddresses(options);
  const set = (name: string, value: string) => {
    unset(name);
    env[name] = value;
  };
  for (const [name, { proxy }] of Object.entries(addresses)) set(name, proxy);
  const lower = parent["no_proxy"] ?? parent["NO_PROXY"];
  const upper = parent["NO_PROXY"] ?? parent["no_proxy"];
  env["no_proxy"] = withLoopback(lower);
  env["NO_PROXY"] = withLoopback(upper);
  // MLflow would sign by itself, and never ask the bridge.
  unset("MLFLOW_TRACKING_AWS_SIGV4");
  // By this Python would share a proxy of its own: with secrets that are taken out here, and unseen by what exec says in the end.
  unset(launchVariable);
  for (const [name, value] of Object.entries(bridgeTo(options, addresses))) set(name, value);
  const before = parent[removalVariable]?.split(",") ?? [];
  const gone = new Set([...before, ...removed.filter((name) => env[name] === undefined)]);
  if (gone.size > 0) set(removalVariable, [...gone].join(","));
  return { env, warnings: [...warnings, ...removal.warnings] };
}

/** Takes variables out of an environment, and tells whether one of that name was there. */
function unsetter(env: Record<string, string>, platform = process.platform): (name: string) => boolean {
  const key = (name: string) => (platform === "win32" ? name.toUpperCase() : name);
  return (name) => {
    const found = Object.keys(env).filter((own) => key(own) === key(name));
    for (const own of found) delete env[own];
    return found.length > 0;
  };
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

/** The variables by which MLflow's Python client finds the bridge. */
function bridgeTo(options: ChildEnvironmentOptions, addresses: Addresses): Record<string, string> {
  const { parent, proxy, upstream, config } = options;
  const { MLFLOW_TRACKING_AUTH: auth, MLFLOW_TRACKING_AWS_SIGV4: sigv4, PYTHONPATH: path } = parent;
  // What switched a plugin on here has been followed: the client's own would answer for servers that get nothing.
  const isFollowed = (name: string) => config.environment?.includes(name) === true;
  const displaced = {
    // Within another exec it is the bridge itself.
    auth: auth && auth !== bridgeName && !isFollowed("MLFLOW_TRACKING_AUTH") ? auth : null,
    sigv4: /^(?:true|1)$/i.test(sigv4 ?? "") && !isFollowed("MLFLOW_TRACKING_AWS_SIGV4"),
  };
  return {
    [bridgeVariable]: bridgeSettings({ config, proxyUrl: proxy.url, upstream, addresses, displaced }),
    MLFLOW_TRACKING_AUTH: bridgeName,
    PYTHONPATH: withBridge(path),
  };
}

/**
 * The environment of a program under an `exec` within another, whose proxy it uses: as it is, with what leads to that proxy in its
 * place again, and without the secrets that the outer one was told to leave there and this one was not.
 */
export function innerEnvironment(
  parent: Environment,
  { bridge, secrets }: OuterExec,
  keep?: KeptVariables | undefined,
): ChildEnvironment {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(parent)) if (value !== undefined) env[name] = value;
  const before = parent[removalVariable]?.split(",") ?? [];
  const dropped = keep === "all" ? [] : secrets.filter((name) => env[name] !== undefined && keep?.has(name) !== true);
  for (const name of dropped) delete env[name];
  if (dropped.length > 0) env[removalVariable] = [...new Set([...before, ...dropped])].join(",");
  for (const [name, { proxy }] of Object.entries(bridge.addresses)) env[name] = proxy;
  for (const name of ["no_proxy", "NO_PROXY"]) env[name] = withLoopback(env[name]);
  if (!hasBridge(env)) env["PYTHONPATH"] = withBridge(env["PYTHONPATH"]);
  const lacking = keep === "all" ? [] : [...(keep ?? [])].filter((name) => before.includes(name) && !env[name]);
  return { env, warnings: lacking.map(tooLate) };
}

function tooLate(name: string): string {
  return `--keep-env=${name} comes too late: the exec around this one took ${name} out; give that one --keep-env=${name}`;
}

/** Whether Python finds the bridge there. */
export function hasBridge({ PYTHONPATH: path = "" }: Environment): boolean {
  return path.split(delimiter).includes(pythonWheel);
}

function withBridge(path: string | undefined): string {
  return path ? pythonWheel + delimiter + path : pythonWheel;
}

function withLoopback(list: string | undefined): string {
  const names = (list ?? "").split(",").map((name) => name.trim());
  return [...names.filter((name) => name !== ""), ...LOOPBACK.filter((name) => !names.includes(name))].join(",");
}
