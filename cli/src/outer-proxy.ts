/** A proxy of ours that is around this command already: an `exec` that runs it, or a sidecar whose address it was given. */

/** The variable in which `exec` says to the bridge in Python where its proxy is: `bridgeVariable` of the proxy, which takes its time to load. */
const BRIDGE = "_MLFLOW_AUTH_BRIDGE";

/** What `exec` says to one within it: JSON of `Meant` in nested-exec.ts. No secret is in it, nor a digest of one that it took out. */
export const execVariable = "_MLFLOW_AUTH_EXEC";

/** By which Python's MLflow finds, or starts, a proxy that it shares: see proxy/python/mlflow_auth_bridge/join.py. */
export const launchVariable = "_MLFLOW_AUTH_LAUNCH";

/** In which Python's MLflow says what it has overwritten: `GIVEN` in proxy/python/mlflow_auth_bridge/addresses.py. */
const givenVariable = "_MLFLOW_AUTH_GIVEN";

/** What `exec` writes into `MLFLOW_TRACKING_AUTH`: `bridgeName` of the proxy. */
export const BRIDGE_PLUGIN = "mlflow-auth";

/** Variables that may hold the address of a proxy. */
const ADDRESSES = ["MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"];

type Environment = Record<string, string | undefined>;

/** What is read of the bridge's settings. */
export interface BridgeSettings {
  readonly token: string;
  readonly addresses: Readonly<Record<string, { readonly proxy: string; readonly real: string }>>;
  /** All that the file lists; a host may have a wildcard. */
  readonly servers: readonly BridgedServer[];
}

/** A server of the file, as Python knows it. */
export interface BridgedServer {
  /** `http` or `https`. */
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  /** A path without a slash at its end. */
  readonly base: string;
  /** Whether the file gives its credential. */
  readonly auth: boolean;
}

/**
 * Within `exec`, puts the servers' own addresses in the place of the proxy's, as the bridge does in Python: the file is about those, and
 * so are the links that are printed.
 *
 * @returns the tokens of proxies that the environment holds or held: they must not be printed
 */
export function leaveOuterProxy(env: Environment): string[] {
  restoreGiven(env);
  const tokens = ADDRESSES.flatMap((name) => tokenIn(env[name]));
  const settings = settingsIn(env[BRIDGE]);
  if (settings === undefined) return tokens;
  const led = Object.entries(settings.addresses).filter(([name, { proxy }]) => env[name] === proxy);
  for (const [name, { real }] of led) env[name] = real;
  ledToProxy.set(
    env,
    led.map(([name]) => name),
  );
  return [settings.token, ...tokens];
}

/** Puts back what MLflow has overwritten with what a Python program around this command set in its code: the file was not written for that. */
function restoreGiven(env: Environment): void {
  const { [givenVariable]: text } = env;
  delete env[givenVariable];
  try {
    const replaced: Record<string, unknown> = JSON.parse(text ?? "{}");
    for (const name of ADDRESSES) {
      const [given, written] = (replaced[name] ?? []) as unknown[];
      if (typeof given === "string" && env[name] === written) env[name] = given;
    }
  } catch {
    // Cut off on the way here: what stands in the variables counts.
  }
}

const ledToProxy = new WeakMap<object, readonly string[]>();

/** Whether a variable led programs to the proxy, before {@link leaveOuterProxy} put the server's own address there. */
export function wasLedToProxy(name: string, env: object): boolean {
  return ledToProxy.get(env)?.includes(name) === true;
}

/** What a sidecar takes for a token and nobody for a name: as a proxy makes it, or as long and with letters and digits. */
function tokenIn(address: string | undefined): string[] {
  const url = address === undefined ? null : URL.parse(address);
  const [, first = ""] = url?.protocol === "http:" ? url.pathname.split("/") : [];
  return /^(?=.*\d)(?=.*[A-Za-z])[\w-]{16,256}$/.test(first) ? [first] : [];
}

/** Undefined where there are none, or they are cut off. */
export function settingsIn(text: string | undefined): BridgeSettings | undefined {
  if (text === undefined) return undefined;
  try {
    const { token, addresses, servers = [] } = JSON.parse(text) as BridgeSettings;
    return typeof token === "string" && token !== "" && typeof addresses === "object"
      ? { token, addresses, servers }
      : undefined;
  } catch {
    // Cut off on the way here: there is nothing to learn from it.
    return undefined;
  }
}
