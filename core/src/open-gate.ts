/** From the file to a gate: reads it, constructs the plugins that its servers use, and builds their pipelines. */
import type { Dispatcher } from "undici";
import type { Config, InstanceConfig, ServerConfig } from "./config/config.js";
import { closeProvider, constructProvider } from "./construct-provider.js";
import { type LoadConfigOptions, loadConfig } from "./discovery/load-config.js";
import { isMlflowAuthError, MlflowAuthError } from "./errors/mlflow-auth-error.js";
import { createLogger } from "./logging/logger.js";
import { createGate, type Gate, type ServerProviders } from "./pipeline/gate.js";
import type { Slot } from "./pipeline/slot.js";
import type { Logger, PluginContext } from "./provider/context.js";
import type { Group, Interfaces } from "./provider/provider.js";
import { createSecretCache } from "./secret/cache.js";
import { type Clock, systemClock } from "./time/clock.js";
import { createAgent, needsAgent } from "./transport/agent.js";
import { createHttpClient } from "./transport/http-client.js";

export interface OpenGateOptions extends Omit<LoadConfigOptions, "cwd" | "env"> {
  /** Default `process.cwd()`. */
  readonly cwd?: string | undefined;
  /** Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Default: on stderr, from the level in `MLFLOW_AUTH_LOG` (`warn`) on. A pino logger fits. */
  readonly logger?: Logger | undefined;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
}

export interface OpenGate {
  readonly gate: Gate;
  readonly config: Config;
  /** The dispatcher of a server with TLS settings or a corporate proxy of its own; undefined where any dispatcher will do. */
  dispatcherFor(server: ServerConfig): Dispatcher | undefined;
  /** Closes the plugins and every connection. */
  close(): Promise<void>;
}

/** @throws MlflowAuthError of any of the `CONFIG_` and `PLUGIN_` codes; nothing stays open then */
export async function openGate(options: OpenGateOptions = {}): Promise<OpenGate> {
  const { cwd = process.cwd(), env = process.env, clock = systemClock } = options;
  const { logger = createLogger({ env }) } = options;
  const config = await loadConfig({ ...options, cwd, env });
  logger.debug(config.file === undefined ? {} : { file: config.file }, "the configuration is valid");
  for (const warning of config.warnings) logger.debug({ code: warning.code }, warning.message);

  const closers: (() => Promise<unknown>)[] = [];
  let closed = false;
  /** What was opened last is closed first: a plugin before the connections that it may still need. */
  const close = async () => {
    closed = true;
    for (const closer of closers.splice(0).reverse()) {
      // One that fails must not leave the others open.
      await Promise.resolve(closer()).catch((thrown: unknown) =>
        logger.warn({ reason: thrown instanceof Error ? thrown.name : typeof thrown }, "something could not be closed"),
      );
    }
  };
  const instances = new Map(config.instances.map((instance) => [instance.name, instance]));
  const contexts = new Map<string, PluginContext>();
  const providers = new Map<string, Promise<unknown>>();

  function contextOf({ name }: InstanceConfig): PluginContext {
    let context = contexts.get(name);
    if (context === undefined) {
      const client = createHttpClient({ instance: name, env, logger });
      closers.push(client.close);
      context = createContext(name, { env, logger, clock, http: client.http }, () => closed);
      contexts.set(name, context);
    }
    return context;
  }

  function provider<G extends Group>(instance: InstanceConfig, group: G): Promise<Interfaces[G]> {
    const key = `${group} ${instance.name}`;
    let made = providers.get(key);
    if (made === undefined) {
      made = constructProvider(instance, group, contextOf(instance)).then((built) => {
        closers.push(() => closeProvider(built, instance, contextOf(instance)));
        return built;
      });
      providers.set(key, made);
    }
    return made as Promise<Interfaces[G]>;
  }

  async function slotsOf<G extends Group>(names: readonly string[], group: G): Promise<Slot<Interfaces[G]>[]> {
    const slots: Slot<Interfaces[G]>[] = [];
    for (const name of names) {
      const instance = instances.get(name) as InstanceConfig;
      const { timeout, optional } = instance;
      slots.push({ instance: name, timeout, optional, provider: await provider(instance, group) });
    }
    return slots;
  }

  try {
    const servers: ServerProviders[] = [];
    for (const server of config.servers) {
      servers.push({
        server,
        auth: await slotsOf(server.auth, "mlflow.request_auth_provider"),
        headers: await slotsOf(server.headers, "mlflow.request_header_provider"),
        tags: await slotsOf(server.tags, "mlflow.run_context_provider"),
      });
    }
    const agents = new Map<ServerConfig, Dispatcher>();
    for (const server of config.servers) {
      const agent = { destination: server.uri, tls: server.tls, env, logger };
      if (needsAgent(agent)) agents.set(server, createAgent(agent));
      if (server.tls?.insecureSkipVerify && server.uri.startsWith("https:")) warnOfSkippedVerification(server, logger);
    }
    for (const agent of agents.values()) closers.push(() => agent.close());
    const gate = createGate({ servers, clock, logger });
    return { gate, config, dispatcherFor: (server) => agents.get(server), close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

function createContext(
  instance: string,
  shared: Pick<PluginContext, "env" | "logger" | "clock" | "http">,
  isClosed: () => boolean,
): PluginContext {
  const onStale = (error: unknown) => {
    // A fetch that the end cut off is no outage.
    if (isClosed()) return;
    const reason = isMlflowAuthError(error) ? error.message : "the fetch failed";
    shared.logger.warn({ plugin: instance }, `plugin ${instance} goes on with the secret it has: ${reason}`);
  };
  const onFetch = (milliseconds: number) =>
    shared.logger.debug(
      { plugin: instance, milliseconds: Math.round(milliseconds) },
      `plugin ${instance} fetched its secret anew`,
    );
  return {
    ...shared,
    instance,
    secrets: createSecretCache({ clock: shared.clock, onFetch, onStale }),
    error: (code, message, details) => new MlflowAuthError(code, message, { ...details, plugin: instance }),
  };
}

function warnOfSkippedVerification({ uri }: ServerConfig, logger: Logger): void {
  logger.warn({ server: uri }, `the certificate of ${uri} is not verified: anybody on the way can take the credential`);
}
