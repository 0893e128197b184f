/** What an answer says about the credential that was sent. */
import type { GateRequest } from "./request.js";

export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

/**
 * - `credential`: 401, the server did not accept it.
 * - `permission`: 403, which may be about the credential or about what its owner may do; the body tells.
 * - `login page`: HTML, or a redirect, where MLflow's API answers JSON: something in front of it wants a person to sign in.
 */
export type Suspicion = "credential" | "permission" | "login page";

/**
 * MLflow's JSON API. Not the UI, which is HTML, and not what may serve a user's own HTML files, for example
 * `mlflow-artifacts/artifacts/report.html`.
 */
const JSON_API = /\/(?:ajax-)?api\/\d+\.\d+\/mlflow\/(?!.*artifact)/;

/** Undefined for an answer that is none of it: pass it on. */
export function suspicionOf(request: GateRequest, status: number, headers: ResponseHeaders): Suspicion | undefined {
  if (status === 401) return "credential";
  if (status === 403) return "permission";
  const redirected = status >= 301 && status <= 308 && status !== 304;
  const html = status === 200 && isHtml(headers["content-type"]);
  if (!redirected && !html) return undefined;
  // From one address of the API to another: a server that likes another spelling.
  if (redirected && isJsonApi(String(headers["location"] ?? ""))) return undefined;
  return isJsonApi(request.url) ? "login page" : undefined;
}

function isHtml(type: string | string[] | undefined): boolean {
  // Most answers are told apart by their first letter.
  return typeof type === "string" && (type[0] === "t" || type[0] === "T") && /^text\/html\b/i.test(type);
}

const isJsonApi = (url: string) => JSON_API.test(url.split(/[?#]/, 1)[0] as string);

/**
 * Whether a 403 is about permissions, so that another credential of the same owner would not help: MLflow's JSON with an
 * `error_code` (mlflow/server/handlers.py), its auth app's plain `Permission denied` (mlflow/server/auth), and the
 * `REGISTRY_ADMIN_REQUIRED` of Hokusai's proxy.
 */
export function isPermissionDenial(body: string): boolean {
  const text = body.trim();
  if (text === "Permission denied") return true;
  if (!text.startsWith("{")) return false;
  try {
    const { error_code, error } = JSON.parse(text) as { error_code?: unknown; error?: unknown };
    return typeof error_code === "string" || error === "REGISTRY_ADMIN_REQUIRED";
  } catch {
    return false;
  }
}
