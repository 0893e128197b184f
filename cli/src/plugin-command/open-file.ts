/** The configuration file as a plugin's command is given it. */
import {
  type CommandContext,
  type Config,
  createHttpClient,
  createInterceptor,
  type InstalledCommand,
  loadConfig,
  MlflowAuthError,
  type OpenedAuthorizer,
  type OpenedFile,
  openAuthorizer,
  type ServerConfig,
  systemClock,
} from "@mlflow-auth/core/internal";
import { chooseUpstream } from "../choose-upstream.js";
import { explainMiss } from "../explain-miss.js";
import type { HiddenSecrets } from "./hidden-secrets.js";

/** What opening takes. */
export interface OpenFileOptions extends Pick<CommandContext, "env" | "logger"> {
  readonly command: InstalledCommand;
  /** What `--config` says. */
  readonly configFile: string | undefined;
  readonly secrets: HiddenSecrets;
  /** Is given what to close at the end; what was given last is closed first. */
  closing(close: () => Promise<unknown>): void;
}

type Dispatcher = NonNullable<ReturnType<OpenedAuthorizer["agentFor"]>>;

/** The plugins of the file are imported once a server is asked for, and not before. @throws MlflowAuthError of `loadConfig` */
export async function openFile(options: OpenFileOptions): Promise<OpenedFile> {
  const { command, configFile, env, secrets } = options;
  const config = await loadConfig({ configFile, env });
  let opened: Promise<Servers> | undefined;
  const servers = () => (opened ??= openServers(config, options));
  return Object.freeze({
    path: config.file ?? "the environment",
    servers: Object.freeze(config.servers.map(({ uri }) => uri)),
    instances: Object.freeze(
      config.instances
        .filter((instance) => instance.package.folder === command.package.folder)
        .map(({ name, plugin, options: given }) =>
          Object.freeze({ name, plugin, options: secrets.watchOptions(given) }),
        ),
    ),
    async server(wanted) {
      return chooseUpstream((await servers()).authorizer, wanted, env).uri;
    },
    async send(request) {
      return await (await servers()).http.send(request);
    },
  } satisfies OpenedFile);
}

interface Servers {
  readonly authorizer: OpenedAuthorizer;
  readonly http: CommandContext["http"];
}

async function openServers(config: Config, options: OpenFileOptions): Promise<Servers> {
  const { command, env, logger, secrets, closing } = options;
  // The agents are this command's own, so that a server that hangs can't keep it.
  const authorizer = await openAuthorizer(config, { env, logger, agents: {} });
  closing(authorizer.close);
  const interceptor = createInterceptor(secrets.watchHeaders(authorizer));
  const composed = new Map<ServerConfig, Dispatcher>();
  const { http, close } = createHttpClient({
    instance: command.entry.name,
    env,
    logger,
    clock: systemClock,
    servers(url) {
      const server = listedServer(url, authorizer);
      let dispatcher = composed.get(server);
      if (dispatcher === undefined) {
        dispatcher = (authorizer.agentFor(server) as Dispatcher).compose(interceptor);
        composed.set(server, dispatcher);
      }
      return dispatcher;
    },
  });
  closing(close);
  return { authorizer, http };
}

/** @throws MlflowAuthError `DESTINATION_UNLISTED`, `PATH_MISLEADING`: it would go out without the credential that it is meant to have */
function listedServer({ href }: URL, authorizer: OpenedAuthorizer): ServerConfig {
  const server = authorizer.serverFor(href);
  if (server !== undefined) return server;
  authorizer.refuseMisleading({ url: href });
  const { message, remedy } = explainMiss(href, authorizer);
  throw new MlflowAuthError("DESTINATION_UNLISTED", `${message}: nothing is sent there`, { remedy });
}
