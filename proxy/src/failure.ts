/** What a client is told when there is no answer from the upstream. */
import { isMlflowAuthError, isTagRefusal, type MlflowAuthError } from "@mlflow-auth/core/internal";
import { badRequest, type Refusal } from "./refusal.js";

/**
 * MLflow's Python client sends a request again, for about four minutes and without a word, after 408, 429, 500, 502, 503 and
 * 504 (its `utils/request_utils.py`), so those are for what may pass by itself. What somebody must put right gets a status
 * that no client repeats: 424, the proxy lacks what it needs to send the request, which no MLflow server answers itself.
 */
const PERMANENT = 424;

/** Failures of TLS that another attempt won't change. */
const CERTIFICATE = /^(?:CERT_|DEPTH_ZERO_|ERR_TLS_CERT_|ERR_SSL_|SELF_SIGNED_|UNABLE_TO_|EPROTO$|HOSTNAME_MISMATCH$)/;

/**
 * @param answered whether this server has answered through this proxy before. Until then no outage of a secret store counts as
 *   passing: far more often its address is wrong, and whoever starts a program should hear that at once.
 */
export function failureOf(thrown: unknown, server: string, answered: boolean): Refusal {
  if (isMlflowAuthError(thrown)) return withheld(thrown, thrown.transient && answered);
  const { code } = (thrown ?? {}) as { code?: unknown };
  const detail = typeof code === "string" && /^\w{1,64}$/.test(code) ? code : "no detail";
  if (CERTIFICATE.test(detail)) {
    const message = `no secure connection to ${server} (${detail}). Try this: set \`tls: { ca: … }\` of that server to the file of the authority that signed its certificate`;
    return { status: PERMANENT, errorCode: "UNAUTHENTICATED", message };
  }
  if (detail === "UND_ERR_INVALID_ARG" || detail === "UND_ERR_NOT_SUPPORTED") {
    return badRequest("the request can't be passed on as it is");
  }
  const message = `no answer from ${server} (${detail}). Try this: check that the server is up and reachable from here`;
  return { status: 502, errorCode: "TEMPORARILY_UNAVAILABLE", message };
}

/** The authorizer let nothing through: there was no credential, or no tags for a new run, so nothing was sent. */
function withheld(error: MlflowAuthError, mayPass: boolean): Refusal {
  const { code, message, remedy } = error;
  const permanent = isTagRefusal(error) ? "INTERNAL_ERROR" : "UNAUTHENTICATED";
  return {
    status: mayPass ? 503 : PERMANENT,
    errorCode: mayPass ? "TEMPORARILY_UNAVAILABLE" : permanent,
    message: `${code}: ${message}${remedy === undefined ? "" : `. Try this: ${remedy}`}`,
    code,
  };
}
