/** What an answer says about the credential that was sent. */
import { isJsonApi } from "./endpoints.js";

/** The headers of an answer, names in lower case. */
export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

/**
 * - `unauthorized`: 401, the server did not accept the credential.
 * - `forbidden`: 403, which may be about the credential or about what its owner may do; the body tells.
 * - `login-page`: HTML, or a redirect, where MLflow's API answers JSON: a proxy in front of it wants a person to sign in.
 */
export type RejectionKind = "unauthorized" | "forbidden" | "login-page";

/** An answer that may be about the credential. */
export interface Rejection {
  readonly kind: RejectionKind;
  /** The beginning of the answer's body, where the kind is `forbidden`. */
  readonly body?: string | undefined;
}

/**
 * @param request `url`: of the request, absolute or its path alone
 * @returns undefined for an answer that says nothing about the credential: pass it on
 */
export function rejectionKindOf(
  request: { readonly url: string; readonly method?: string },
  status: number,
  headers: ResponseHeaders,
): RejectionKind | undefined {
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  const redirected = status >= 301 && status <= 308 && status !== 304;
  const html = status === 200 && isHtml(headers["content-type"]);
  if (!redirected && !html) return undefined;
  // From one address of the API to another: a server that likes another spelling.
  if (redirected && isJsonApi(String(headers["location"] ?? ""))) return undefined;
  return isJsonApi(request.url) ? "login-page" : undefined;
}

function isHtml(type: string | string[] | undefined): boolean {
  // Most answers are told apart by their first letter.
  return typeof type === "string" && (type[0] === "t" || type[0] === "T") && /^text\/html\b/i.test(type);
}

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
