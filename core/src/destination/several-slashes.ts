/**
 * MLflow's API behind several slashes, as a client writes it that joins a tracking URI with a slash at its end: `/base//api/2.0/…`. Of
 * such paths a server of MLflow knows some and answers others with 404 (3.17: `//v1/traces`, `//ajax-api/3.0/jobs`), and what stands in
 * front of one may know none. So they go out with one slash.
 */
import { basePathOf } from "../mlflow/gateway.js";
import type { Destination, Destinations } from "./destinations.js";

/** How several slashes are found, and made one. */
export interface SeveralSlashes {
  /** Matches the paths to be asked about. One expression, compiled once: it is on the path of every request. */
  readonly found: RegExp;
  /**
   * The path, with its query, as it is sent to a listed server: as given, where one slash would make it another server's, or a path that
   * leads out of its server.
   */
  merged(origin: string, path: string): string;
}

/** What is MLflow's behind the base of its address: its API, and where OpenTelemetry's exporters send traces. */
const API = "(?:ajax-)?api\\/\\d+\\.\\d+\\/|v1\\/traces(?:\\?|$)";
const BEFORE_API = new RegExp(`^\\/{2,}(?=${API})`);

/** @param destinations the listed servers, and which of them a path is for */
export function severalSlashes<T extends Destination>({
  servers,
  matchPath,
}: Pick<Destinations<T>, "servers" | "matchPath">): SeveralSlashes {
  const bases = new Set(servers.map(({ uri }) => basePathOf(uri).replace(/[^\w/-]/g, "\\$&")));
  return {
    found: new RegExp(`^(?:${[...bases].join("|")})\\/{2,}(?:${API})`),
    merged(origin, path) {
      const server = matchPath(origin, path);
      if (server === undefined) return path;
      const { length } = basePathOf(server.uri);
      const plain = path.slice(0, length) + path.slice(length).replace(BEFORE_API, "/");
      // It is judged anew, as it is sent.
      return matchPath(origin, plain) === server ? plain : path;
    },
  };
}
