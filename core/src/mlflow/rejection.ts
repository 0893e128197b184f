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
  /** The answer's Date. */
  readonly date?: string | undefined;
}

/**
 * @param request `url`: of the request, absolute or its path alone
 * @param belowGateway whether it went to MLflow's AI gateway, which passes on what LLM providers answer, but none of their headers: only
 *   what names a way to log in (RFC 9110, 11.6.1) is about the credential of this server
 * @returns undefined for an answer that says nothing about the credential: pass it on
 */
export function rejectionKindOf(
  request: { readonly url: string; readonly method?: string },
  status: number,
  headers: ResponseHeaders,
  belowGateway = false,
): RejectionKind | undefined {
  if (belowGateway && ((status !== 401 && status !== 403) || headers["www-authenticate"] === undefined))
    return undefined;
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
 * Whether MLflow itself says by a 403 that a permission is missing, so that another credential of the same owner would not help:
 * its JSON with an `error_code` (mlflow/server/handlers.py), or its auth app's plain `Permission denied` (mlflow/server/auth). What
 * a proxy in front of it says, the plugin for that proxy knows: see `RequestAuthProvider.isPermissionDenial`.
 */
export function isPermissionDenial(body: string): boolean {
  const text = body.trim();
  if (text === "Permission denied") return true;
  if (!text.startsWith("{")) return false;
  try {
    const { error_code } = JSON.parse(text) as { error_code?: unknown };
    return typeof error_code === "string";
  } catch {
    return false;
  }
}
