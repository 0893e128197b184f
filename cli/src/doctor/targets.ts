/** Which servers are examined. */
import { type Config, compileDestinations, MlflowAuthError, type ServerConfig } from "@mlflow-auth/core/internal";
import { explainMiss } from "../explain-miss.js";

export interface Target {
  /** The base URL without a trailing slash: never a wildcard. */
  readonly uri: string;
  readonly server: ServerConfig;
}

const hasWildcard = ({ uri }: ServerConfig) => uri.includes("*");

export function chooseTargets(config: Config, url: string | undefined): { targets: Target[]; unexamined: string[] } {
  if (url !== undefined) return { targets: [targetOf(config, url)], unexamined: [] };
  const targets = config.servers
    .filter((server) => !hasWildcard(server))
    .map((server) => ({ uri: server.uri, server }));
  const unexamined = config.servers.filter(hasWildcard).map(({ uri }) => uri);
  if (targets.length > 0) return { targets, unexamined };
  throw new MlflowAuthError("SERVER_AMBIGUOUS", `the file lists wildcards alone: ${unexamined.join(", ")}`, {
    remedy: "name the server that is meant, as in `mlflow-auth doctor https://mlflow.staging.example.com`",
  });
}

/** @throws MlflowAuthError `DESTINATION_UNLISTED` */
function targetOf(config: Config, url: string): Target {
  const server = url.includes("*") ? undefined : compileDestinations(config.servers).match(url);
  if (server === undefined) {
    const { message, remedy } = explainMiss(url, config);
    throw new MlflowAuthError("DESTINATION_UNLISTED", message, { remedy });
  }
  if (!hasWildcard(server)) return { uri: server.uri, server };
  const base = new URL(server.uri.replace("*", "x")).pathname.replace(/\/+$/, "");
  return { uri: new URL(url).origin + base, server };
}
