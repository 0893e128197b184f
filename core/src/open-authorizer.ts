/** From a configuration to an authorizer: constructs the plugins that its servers use, their pipelines and their connections. */
import type { Dispatcher } from "undici";
import type { Config, InstanceConfig, ServerConfig } from "./config/config.js";
import { createAgent, needsAgent } from "./connection/agent.js";
import { createHttpClient } from "./connection/http-client.js";
import { ignoredProxy, ignoredProxyWarning } from "./connection/http-proxy.js";
import { refusalOf } from "./connection/refusal.js";
import { unusedAuthorities, unusedAuthoritiesWarning } from "./connection/tls-files.js";
import type { ErrorCode } from "./errors/codes.js";
import { isMlflowAuthError, MlflowAuthError } from "./errors/mlflow-auth-error.js";
import { headerKey } from "./http/client-credentials.js";
import { createLogger } from "./logging/logger.js";
import { createTellThrown } from "./logging/tell-thrown.js";
import { GATEWAY_AUTHORIZATION } from "./mlflow/gateway.js";
import type { BoundProvider } from "./pipeline/ask-provider.js";
import { authAsHeaders } from "./pipeline/auth-as-headers.js";
import type { Authorizer } from "./pipeline/authorizer.js";
import { closeProvider, constructProvider } from "./pipeline/construct-provider.js";
import { createAuthorizer, type ServerProviders } from "./pipeline/create-authorizer.js";
import type { BoundHeaders } from "./pipeline/headers.js";
import type { Logger, PluginContext } from "./provider/context.js";
import type { Group, Interfaces } from "./provider/provider.js";
import { createSecretCache } from "./secret/cache.js";
import { type Clock, heldClock, systemClock } from "./time/clock.js";

/** An {@link Authorizer} over real connections: the one object that the library, register, the proxy and the commands are given. */
export type OpenedAuthorizer = Authorizer<Dispatcher>;

/** What an authorizer is opened with, beside its configuration. */
export interface OpenAuthorizerOptions {
  /** The one that the configuration was loaded with. Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Default: on stderr, from the level in `MLFLOW_AUTH_LOG` (`warn`) on. A pino logger fits. */
  readonly logger?: Logger | undefined;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
  /**
   * Given: every server gets an agent of its own, within these limits, and the process is this project's, so that plugins' imports are
   * followed to its end. Default: only a server with TLS settings or a corporate proxy gets one.
   */
  readonly agents?: AgentLimits | undefined;
}

/** Limits of the agents through which requests to listed servers go. */
export interface AgentLimits {
  /** Connections per origin, where the server has no `connections` of its own. Default: no limit. */
  readonly connections?: number;
  /** Milliseconds until the headers of an answer, and between two pieces of its body; 0: no limit. Default 300,000. */
  readonly timeout?: number;
  /** Whether to take answers that MLflow's Python client takes and undici does not. Default false. */
  readonly lenient?: boolean;
}

/**
 * Warnings about the file that are told at every start, for nobody chose what they are about: what an exec around the program took out, a
 * switch that counted until now, a plugin that was made for another core. The others are for who validates the file.
 */
const unchosen: ReadonlySet<ErrorCode> = new Set(["VARIABLE_MISSING", "SWITCH_IGNORED", "PLUGIN_VERSION"]);

/** @throws MlflowAuthError of any of the `PLUGIN_` codes, `TLS_FILE` or `HTTP_PROXY`; nothing stays open then */
export async function openAuthorizer(config: Config, options: OpenAuthorizerOptions = {}): Promise<OpenedAuthorizer> {
  const { env = process.env, logger = createLogger({ env }) } = options;
  const clock = heldClock(options.clock ?? systemClock);
  logger.debug(config.file === undefined ? {} : { file: config.file }, "the configuration is valid");
  for (const { code, message } of config.warnings) logger[unchosen.has(code) ? "warn" : "debug"]({ code }, message);

  const tellThrown = createTellThrown(logger, env);
  const closers: (() => Promise<unknown>)[] = [];
  const ending = new AbortController();
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= Promise.resolve().then(closeAll));
  /** What was opened last is closed first: a plugin before the connections that it may still need. */
  const closeAll = async () => {
    ending.abort();
    for (const closer of closers.splice(0).reverse()) {
      // One that fails, be it at once, must not leave the others open, nor be the end of whoever closes.
      await Promise.resolve()
        .then(closer)
        .catch((thrown: unknown) =>
          logger.warn(
            { reason: thrown instanceof Error ? thrown.name : typeof thrown },
            "something could not be closed",
          ),
        );
    }
  };
  const instances = new Map(config.instances.map((instance) => [instance.name, instance]));
  const contexts = new Map<string, PluginContext>();
  const providers = new Map<string, Promise<unknown>>();

  function contextOf({ name }: InstanceConfig): PluginContext {
    let context = contexts.get(name);
    if (context === undefined) {
      const client = createHttpClient({ instance: name, env, logger, clock, background: true });
      closers.push(client.close);
      context = createContext(name, { env, logger, clock, http: client.http, signal: ending.signal });
      contexts.set(name, context);
    }
    return context;
  }

  function provider<G extends Group>(instance: InstanceConfig, group: G): Promise<Interfaces[G]> {
    const key = `${group} ${instance.name}`;
    let made = providers.get(key);
    if (made === undefined) {
      made = constructProvider(instance, group, contextOf(instance), options.agents !== undefined, tellThrown).then(
        (built) => {
          closers.push(() => closeProvider(built, instance, contextOf(instance), tellThrown));
          return built;
        },
      );
      providers.set(key, made);
    }
    return made as Promise<Interfaces[G]>;
  }

  async function bind<G extends Group>(names: readonly string[], group: G): Promise<BoundProvider<Interfaces[G]>[]> {
    const bound: BoundProvider<Interfaces[G]>[] = [];
    for (const name of names) {
      const instance = instances.get(name) as InstanceConfig;
      const { timeout, optional } = instance;
      bound.push({ instance: name, timeout, optional, tellThrown, provider: await provider(instance, group) });
    }
    return bound;
  }

  /** An instance without headers of its own gives its credential as such, which is never optional. */
  async function bindHeaders(server: ServerConfig): Promise<BoundHeaders[]> {
    const bound: BoundHeaders[] = [];
    for (const name of server.headers) {
      if (instances.get(name)?.entries["mlflow.request_header_provider"] !== undefined) {
        bound.push(...(await bind([name], "mlflow.request_header_provider")));
        continue;
      }
      for (const auth of await bind([name], "mlflow.request_auth_provider")) {
        const more = (["signRequest", "rewrite", "dispatch"] as const).find((own) => auth.provider[own] !== undefined);
        if (more !== undefined) throw moreThanHeaders(name, more, server);
        const provider = authAsHeaders(server, { ...auth, optional: false }, clock, logger);
        bound.push({ ...auth, optional: false, provider, isCredential: true });
      }
    }
    return bound;
  }

  try {
    const servers: ServerProviders[] = [];
    for (const server of config.servers) {
      servers.push({
        server,
        auth: await bind(server.auth, "mlflow.request_auth_provider"),
        headers: await bindHeaders(server),
        tags: await bind(server.tags, "mlflow.run_context_provider"),
      });
    }
    const agents = new Map<ServerConfig, Dispatcher>();
    for (const server of config.servers) {
      const limits = options.agents && {
        ...options.agents,
        ...(server.connections && { connections: server.connections }),
      };
      const agent = { destination: server.uri, tls: server.tls, env, logger, ...limits };
      if (options.agents !== undefined || needsAgent(agent)) agents.set(server, createAgent(agent));
      if (server.tls?.insecureSkipVerify && server.uri.startsWith("https:")) warnOfSkippedVerification(server, logger);
      warnOfGatewayHeader(server, logger);
    }
    warnOfIgnoredProxy(config, env, logger);
    warnOfUnusedAuthorities(config, logger);
    // Destroyed where they are this process's own: a server that hangs must not hold up the end.
    const end = options.agents === undefined ? "close" : "destroy";
    for (const agent of agents.values()) closers.push(() => agent[end]());
    const pythonsToo = options.agents !== undefined;
    return createAuthorizer({ config, servers, clock, logger, pythonsToo, agents, close });
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** What an instance, or a command, has to work with. */
export function createContext(
  instance: string,
  shared: Pick<PluginContext, "env" | "logger" | "clock" | "http" | "signal">,
): PluginContext {
  const tellThrown = createTellThrown(shared.logger, shared.env);
  const onStale = (error: unknown) => {
    // A fetch that the end cut off is no outage.
    if (shared.signal.aborted) return;
    const reason = isMlflowAuthError(error) ? error.message : "the fetch failed";
    tellThrown(error, `plugin ${instance}`);
    shared.logger.warn({ plugin: instance }, `plugin ${instance} goes on with the secret it has: ${reason}`);
  };
  const onFetch = (milliseconds: number) =>
    shared.logger.info(
      { plugin: instance, milliseconds: Math.round(milliseconds) },
      `plugin ${instance} fetched its secret anew`,
    );
  return {
    ...shared,
    instance,
    secrets: createSecretCache({ clock: shared.clock, onFetch, onStale }),
    error: (code, message, details) => new MlflowAuthError(code, message, { ...details, plugin: instance }),
    refuse: (answer, details) => refusalOf(answer, instance, details),
  };
}

function moreThanHeaders(instance: string, method: string, { uri }: ServerConfig): MlflowAuthError {
  const message = `plugin ${instance} does more than give headers (\`${method}\`), and stands in \`headers\` of ${uri}`;
  return new MlflowAuthError("PLUGIN_INTERFACE", message, {
    plugin: instance,
    server: uri,
    remedy: `list ${instance} under \`auth\` of that server`,
  });
}

/** By the file's word, so it is done; but whoever wrote it may not know what MLflow does with the header. */
function warnOfGatewayHeader({ uri, auth, gateway }: ServerConfig, logger: Logger): void {
  if (auth.length === 0 || gateway === undefined || headerKey(gateway.header) === headerKey(GATEWAY_AUTHORIZATION))
    return;
  const what = `the credential of ${uri} goes to its AI gateway in ${gateway.header}, which MLflow passes on to LLM providers: unless a proxy in front of it takes that header off, they can read and use the credential`;
  const remedy = `leave \`gateway\` of this server out, for which MLflow 3.17 or newer needs no header, or name ${GATEWAY_AUTHORIZATION} where it is 3.15 or newer`;
  logger.warn({ server: uri }, `${what}. Try this: ${remedy}`);
}

/** Whoever set it thinks that requests take that way; nothing else would tell why they don't get through. */
function warnOfIgnoredProxy({ servers }: Config, env: NonNullable<OpenAuthorizerOptions["env"]>, logger: Logger): void {
  for (const { uri } of servers) {
    const ignored = ignoredProxy(uri, env);
    if (ignored === undefined) continue;
    logger.warn({ server: uri, reason: ignored.variable }, ignoredProxyWarning(ignored, `requests to ${uri}`));
    return;
  }
}

/** For all servers at once: the same variable counts for each that has no authority of its own. */
function warnOfUnusedAuthorities({ servers }: Config, logger: Logger): void {
  for (const { uri, tls } of servers) {
    const unused = uri.startsWith("https:") ? unusedAuthorities(tls) : undefined;
    if (unused === undefined) continue;
    logger.warn({ server: uri, code: "TLS_FILE" }, unusedAuthoritiesWarning(unused));
    return;
  }
}

function warnOfSkippedVerification({ uri }: ServerConfig, logger: Logger): void {
  logger.warn({ server: uri }, `the certificate of ${uri} is not verified: anybody on the way can take the credential`);
}
