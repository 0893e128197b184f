/** What all commands with a proxy have in common: a proxy to the chosen server, opened before it is used and closed after. */
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Config,
  createLogger,
  type Logger,
  type LogLevel,
  loadConfig,
  type OpenedAuthorizer,
  openAuthorizer,
  type Secret,
} from "@mlflow-auth/core/internal";
import { agentLimits, type ProxyOptions, type RunningProxy, startProxy } from "@mlflow-auth/proxy";
import { surviveBackgroundFailures } from "./background-failures.js";
import { baseOf, type ChosenServer, chooseUpstream } from "./choose-upstream.js";
import { createMemoryKeeper } from "./memory.js";
import { endAsFirstProcess } from "./stop-signals.js";
import { announce } from "./where-from.js";

/** What the commands choose, or let a user choose. Host, port, descriptor and further names are those of {@link ProxyOptions}. */
export interface ServeOptions extends Pick<ProxyOptions, "host" | "port" | "descriptor" | "allowHosts"> {
  /** The file that was named. Default: the one that the search finds. */
  readonly config?: string | undefined;
  /** Default: that of the process. */
  readonly cwd?: string | undefined;
  readonly logLevel?: LogLevel | undefined;
  /** Where the lines of the log go. Default: stderr. */
  readonly write?: ((text: string) => void) | undefined;
  /** Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** What `--server` says. */
  readonly server?: string | undefined;
  /** How the user names a server, where none is chosen. Default: by `--server`. */
  readonly choose?: string;
  /** Decides in the place of `server`, `choose` and the environment. No user has chosen, and none is told. */
  readonly upstream?: (authorizer: OpenedAuthorizer) => ChosenServer;
  /** Whether the other servers of the file get addresses of their own, for a browser. Default: no. */
  readonly browsers?: boolean;
  /** Asked once it is known which server is meant. Undefined: everybody who reaches the port uses the credentials. */
  token(): Secret | undefined | Promise<Secret | undefined>;
}

/** A proxy that runs. */
export interface Served {
  readonly authorizer: OpenedAuthorizer;
  readonly upstream: ChosenServer;
  readonly proxy: RunningProxy;
  readonly logger: Logger;
}

/** Milliseconds that plugins get to close: the program behind `exec` has ended, and what waits for it shall not wait for a plugin. */
const LONGEST_CLOSE = 2_000;

/**
 * Starts the proxy, says on stderr which file it uses and where it leads, and closes everything once `use` has ended.
 *
 * @returns what `use` gives
 * @throws MlflowAuthError whatever is wrong with the file, a plugin, the choice of a server, the token or the address
 */
export async function serveProxy<T>(options: ServeOptions, use: (served: Served) => Promise<T>): Promise<T> {
  endAsFirstProcess();
  const logger = createLogger({ level: options.logLevel, env: process.env, write: options.write });
  // Before any plugin is imported.
  const endSurvival = surviveBackgroundFailures(logger);
  try {
    const config = await loadConfig({ configFile: options.config, cwd: options.cwd, env: options.env });
    const authorizer = await openAuthorizer(config, { logger, env: options.env, agents: agentLimits });
    try {
      return await serveWith(authorizer, logger, options, use);
    } finally {
      await Promise.race([authorizer.close(), sleep(LONGEST_CLOSE)]);
    }
  } finally {
    endSurvival();
  }
}

async function serveWith<T>(
  authorizer: OpenedAuthorizer,
  logger: Logger,
  { host, port, descriptor, allowHosts, ...options }: ServeOptions,
  use: (served: Served) => Promise<T>,
): Promise<T> {
  const upstream =
    options.upstream?.(authorizer) ?? chooseUpstream(authorizer, options.server, process.env, options.choose);
  const proxy = await startProxy({
    authorizer,
    logger,
    upstream: upstream.uri,
    token: await options.token(),
    host,
    port,
    descriptor,
    allowHosts,
    browsable: options.browsers ? othersThan(upstream, authorizer.config) : [],
    traffic: createMemoryKeeper(),
  });
  try {
    if (options.upstream === undefined) announce(authorizer.config, upstream.uri);
    if (upstream.notice !== undefined) say(upstream.notice);
    return await use({ authorizer, upstream, proxy, logger });
  } finally {
    await proxy.close();
  }
}

/** The base URLs of the other servers that can be named: a wildcard stands for any number. */
function othersThan({ server }: ChosenServer, { servers }: Config): string[] {
  return servers.filter((one) => one !== server && !one.uri.includes("*")).map(({ uri }) => baseOf(uri));
}

/** Says something on stderr in the command's own name. */
export function say(text: string): void {
  console.error(`mlflow-auth: ${text}`);
}
