import { type StubRequest, type StubResponse, text } from "./message.js";

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)(:.*)?$/;
const PRIVATE = /^(192\.168\.|10\.|172\.(1[6-9]|2\d|3[01])\.|fc00:|fd00:)/;
const ALWAYS_ALLOWED = new Set(["/health", "/version"]);
const CHANGES = new Set(["POST", "PUT", "DELETE", "PATCH"]);

/**
 * MLflow's guard against a web page that reaches a server on its visitor's machine (mlflow/server/security_utils.py): the Host must be
 * a local one, and a write with an Origin must come from a local page. A proxy that passes on the wrong Host or Origin fails here.
 *
 * @param path without the base path and the query
 * @returns the answer 403, or undefined if the request may go on
 */
export function refuseForeign({ method, headers }: StubRequest, path: string): StubResponse | undefined {
  const host = String(headers["host"] ?? "");
  if (!ALWAYS_ALLOWED.has(path) && !LOOPBACK.test(host) && !PRIVATE.test(host))
    return text(403, "Invalid Host header - possible DNS rebinding attack detected", "text/plain");
  const origin = headers["origin"];
  const isApi = path.startsWith("/api/") || path.startsWith("/ajax-api/");
  if (isApi && CHANGES.has(method) && origin !== undefined && !isLocal(String(origin)))
    return text(403, "Cross-origin request blocked", "text/plain");
  return undefined;
}

function isLocal(origin: string): boolean {
  return URL.canParse(origin) && ["localhost", "127.0.0.1", "[::1]"].includes(new URL(origin).hostname);
}
