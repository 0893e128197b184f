/** Which server `exec` and `proxy` lead to, and `tags` asks about. */
import { MlflowAuthError, type ServerConfig } from "@mlflow-auth/core/internal";
import { explainMiss, type ListedServers } from "./explain-miss.js";

/** The one server that a command is about, chosen among those of the file. */
export interface ChosenServer {
  /** The base URL without a trailing slash: never a wildcard. */
  readonly uri: string;
  readonly server: ServerConfig;
  /** What the user should know about the choice. */
  readonly notice?: string | undefined;
}

/**
 * @param wanted what `--server` says
 * @param choose how the user names one, for the remedy
 * @throws MlflowAuthError `USAGE` if `wanted` is not listed, `SERVER_AMBIGUOUS` if nothing decides
 */
export function chooseUpstream(
  listed: ListedServers,
  wanted: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  choose = "choose one with --server URI",
): ChosenServer {
  const { config, serverFor } = listed;
  if (wanted !== undefined) {
    const server = wanted.includes("*") ? undefined : serverFor(wanted);
    if (server !== undefined) return { uri: baseOf(wanted), server };
    const { message, remedy } = explainMiss(wanted, listed);
    throw new MlflowAuthError("USAGE", `--server: ${message}`, { remedy });
  }

  const ambient = env["MLFLOW_TRACKING_URI"];
  const server = ambient ? serverFor(ambient) : undefined;
  if (ambient && server !== undefined) return { uri: baseOf(ambient), server };

  const [only, ...others] = config.servers.filter(({ uri }) => !uri.includes("*"));
  if (only === undefined || others.length > 0) {
    const list = config.servers.map(({ uri }) => uri).join(", ");
    const which = ambient ? ", and MLFLOW_TRACKING_URI names none of them" : "";
    const message = `the file does not say by itself which of its servers is meant${which}: ${list}`;
    throw new MlflowAuthError("SERVER_AMBIGUOUS", message, {
      remedy: `${choose}, or set MLFLOW_TRACKING_URI to it`,
    });
  }
  // Without a file the server is that of the variable, which may name it in a way of its own.
  const isMiss = ambient && config.environment === undefined;
  const notice = isMiss ? `MLFLOW_TRACKING_URI names no server of the file; going to ${only.uri} instead` : undefined;
  return { uri: only.uri, server: only, notice };
}

/** For programs that name their servers themselves: any. Where all have a wildcard, it is one of the first one's. */
export function anyUpstream({ config }: Pick<ListedServers, "config">): ChosenServer {
  const { servers } = config;
  const server = servers.find(({ uri }) => !uri.includes("*")) ?? (servers[0] as ServerConfig);
  return { uri: baseOf(server.uri.replace("*", "any")), server };
}

/** The base URL as Python reads it too: the parser here forgives blanks and backslashes. */
export function baseOf(uri: string): string {
  const { origin, pathname } = new URL(uri);
  return origin + pathname.replace(/\/+$/, "");
}
