/** Which servers of the file are examined. */
import {
  basePathOf,
  type Config,
  compileDestinations,
  MlflowAuthError,
  type ServerConfig,
} from "@mlflow-auth/core/internal";
import { explainMiss, type ListedServers } from "../explain-miss.js";
import type { Opened, Target } from "./examination.js";

/** Those to examine, and the URIs of those that need a URL to be. */
export interface ChosenTargets {
  readonly targets: readonly Target[];
  readonly unexamined: readonly string[];
}

const hasWildcard = ({ uri }: ServerConfig) => uri.includes("*");

/**
 * @param opened where there is none, the list of servers still tells where a URL belongs
 * @param url a server, or a URL that belongs to one. Undefined: all without a wildcard
 * @throws MlflowAuthError `DESTINATION_UNLISTED` if `url` belongs to no server of the file, `PATH_MISLEADING` if servers read its
 *   path differently, `SERVER_AMBIGUOUS` if every server has a wildcard and no `url` is given
 */
export function chooseTargets(config: Config, opened: Opened, url: string | undefined): ChosenTargets {
  if (url !== undefined) return { targets: [targetOf(config, opened, url)], unexamined: [] };
  const unexamined = config.servers.filter(hasWildcard).map(({ uri }) => uri);
  const targets = config.servers
    .filter((server) => !hasWildcard(server))
    .map((server): Target => ({ uri: server.uri, server }));
  if (targets.length > 0) return { targets, unexamined };
  throw new MlflowAuthError("SERVER_AMBIGUOUS", `the file lists wildcards alone: ${unexamined.join(", ")}`, {
    remedy: "name the server that is meant, as in `mlflow-auth doctor https://mlflow.staging.example.com`",
  });
}

function targetOf(config: Config, opened: Opened, url: string): Target {
  const listed = "open" in opened ? opened.open : listedServers(config);
  const server = url.includes("*") ? undefined : listed.serverFor(url);
  if (server === undefined) {
    if ("open" in opened) opened.open.refuseMisleading({ url });
    const { message, remedy } = explainMiss(url, listed);
    throw new MlflowAuthError("DESTINATION_UNLISTED", message, { remedy });
  }
  if (!hasWildcard(server)) return { uri: server.uri, server };
  return { uri: new URL(url).origin + basePathOf(server.uri), server };
}

function listedServers(config: Config): ListedServers {
  const { match, nearMiss } = compileDestinations(config.servers);
  return { config, serverFor: match, nearMiss };
}
