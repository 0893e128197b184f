/** The beginning and the end of a provider, whatever its plugin does. */
import type { EntryPoint, InstanceConfig } from "../config/config.js";
import { followImports } from "../discovery/follow-imports.js";
import { loadFactory } from "../discovery/load-entry.js";
import { notTrusted } from "../discovery/package-faults.js";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { TellThrown } from "../logging/tell-thrown.js";
import type { PluginContext } from "../provider/context.js";
import type { Group, Interfaces } from "../provider/provider.js";
import { isPromise, pluginFault, withTimeout } from "./ask-provider.js";

/** Milliseconds. Modules take their time to load: a shorter `timeout`, meant for requests, does not count here. */
const SHORTEST_START = 15_000;

/**
 * Imports the plugin and has it make the provider. One that is made after the time-out is closed.
 *
 * @param ownProcess whether nothing but this project runs in the process. What the plugin imports is followed for as long as that lasts
 *   then; in the program of somebody else only until the provider is made, and what may be imported later is judged ahead
 * @throws MlflowAuthError `PLUGIN_UNTRUSTED`, `PLUGIN_LOAD`, `PLUGIN_TIMEOUT`, or the plugin's own
 */
export function constructProvider<G extends Group>(
  instance: InstanceConfig,
  group: G,
  context: PluginContext,
  ownProcess: boolean,
  tellThrown?: TellThrown,
): Promise<Interfaces[G]> {
  const bound = { instance: instance.name, timeout: Math.max(instance.timeout, SHORTEST_START) };
  const constructed = construct(instance, group, context, ownProcess, tellThrown);
  return withTimeout(constructed, bound, context.clock).catch((thrown: unknown) => {
    // One that comes too late is nobody's, and would stay open.
    constructed.then((provider) => closeProvider(provider, instance, context, tellThrown)).catch(() => undefined);
    throw thrown;
  });
}

/** What goes wrong here is a warning: nothing may keep the others from being closed, or the program from its end. */
export async function closeProvider(
  provider: Interfaces[Group],
  { name, timeout }: InstanceConfig,
  { clock, logger }: PluginContext,
  tellThrown?: TellThrown,
): Promise<void> {
  try {
    const closed = provider.close?.();
    if (isPromise(closed)) await withTimeout(closed, { instance: name, timeout }, clock);
  } catch (thrown) {
    const { code, message } = pluginFault(thrown, { instance: name, tellThrown });
    logger.warn({ code, plugin: name }, `${message} as it was closed`);
  }
}

async function construct<G extends Group>(
  instance: InstanceConfig,
  group: G,
  context: PluginContext,
  ownProcess: boolean,
  tellThrown: TellThrown | undefined,
): Promise<Interfaces[G]> {
  const entry = instance.entries[group];
  if (entry === undefined) throw new Error(`validated: ${instance.name} offers ${group}`);
  const ahead = ownProcess ? undefined : instance.imports.dependencyProblem();
  if (ahead !== undefined) throw notTrusted(instance.package, ahead);
  const endFollowing = followImports(entry.module, instance);
  try {
    return (await make(instance, entry, context, tellThrown)) as Interfaces[G];
  } finally {
    if (!ownProcess) endFollowing();
  }
}

async function make(
  instance: InstanceConfig,
  entry: EntryPoint,
  context: PluginContext,
  tellThrown: TellThrown | undefined,
): Promise<unknown> {
  const factory = await loadFactory(entry, tellThrown);
  const fault = (message: string) =>
    new MlflowAuthError("PLUGIN_LOAD", message, {
      plugin: instance.name,
      remedy: `check the options of plugins.${instance.name} and the version of ${instance.package.name}`,
    });
  let made: unknown;
  try {
    made = await factory(instance.options, context);
  } catch (thrown) {
    const own = pluginFault(thrown, { instance: instance.name, tellThrown });
    if (own.code !== "PLUGIN_FAILED") throw own;
    throw fault(`${entry.export} of ${instance.package.name}: ${own.message}`);
  }
  const missing = methods[entry.group].filter((name) => !has(made, name));
  if (missing.length > 0) {
    throw fault(`${entry.export} of ${instance.package.name} made a provider without ${missing.join("() and ")}()`);
  }
  return made;
}

/** A property that throws when it is read is none. */
function has(made: unknown, method: string): boolean {
  try {
    return typeof (made as Record<string, unknown> | null | undefined)?.[method] === "function";
  } catch {
    return false;
  }
}

const methods: Record<Group, readonly string[]> = {
  "mlflow.request_auth_provider": ["getAuth", "invalidate"],
  "mlflow.request_header_provider": ["requestHeaders"],
  "mlflow.run_context_provider": ["tags"],
};
