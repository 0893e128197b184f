/** What goes wrong with Descope and its tokens, as errors. None repeats a word of Descope's, or of a token's. */
import {
  formatDuration,
  type HttpResponse,
  type MlflowAuthError,
  type PluginContext,
  type RefusalDetails,
} from "@mlflow-auth/core/plugin";

type Answer = Pick<HttpResponse, "status" | "origin">;

const ADDRESS = "check baseUrl (DESCOPE_BASE_URL): what answers there is not Descope";
const LIMIT = "wait, or have the project's rate limit raised";

function refusal(answer: Answer, context: PluginContext, details: RefusalDetails): MlflowAuthError {
  const SECRET_UNREACHABLE =
    answer.status === 429 ? LIMIT : answer.status < 500 ? ADDRESS : "see https://www.descopestatus.com, and ask again";
  const remedies = { SECRET_FORMAT: ADDRESS, SECRET_NOT_FOUND: ADDRESS, SECRET_UNREACHABLE, ...details.remedies };
  return context.refuse(answer, { ...details, remedies });
}

/** What Descope gives a session for, and what to do where it accepts one no more. */
const proofs = {
  "access key":
    "it may have expired, been deactivated, or belong to another project than projectId (DESCOPE_PROJECT_ID): see Access Keys in Descope's console",
  "refresh token":
    "it has expired, was used before, or its user was logged out: log in again and put the new one there; for jobs, set accessKey in its place",
} as const;

/** What a session is asked for with. */
export type Proof = keyof typeof proofs;

/** Descope gave no session for it. @param origin where the proof stands */
export function noSession(answer: Answer, proof: Proof, origin: string, context: PluginContext): MlflowAuthError {
  const { status } = answer;
  if (status === 400 || status === 401 || status === 403) {
    const message = `Descope does not accept the ${proof} in ${origin} (status ${status})`;
    return context.error("LOGIN_FAILED", message, { remedy: proofs[proof] });
  }
  return refusal(answer, context, { what: `a session for the ${proof}` });
}

/** Descope did not give the project's keys. */
export function keysFault(answer: Answer, projectId: string, context: PluginContext): MlflowAuthError {
  const unknown = "check projectId (DESCOPE_PROJECT_ID): Descope's console shows it";
  return refusal(answer, context, {
    what: `the keys of the project ${projectId}`,
    remedies: { SECRET_NOT_FOUND: unknown, LOGIN_FAILED: unknown, SECRET_DENIED: unknown },
  });
}

/** It may be one that Descope has just begun to use. */
export function unknownKey(projectId: string, context: PluginContext): MlflowAuthError {
  return context.error("SECRET_FORMAT", `a session is signed with a key that the project ${projectId} does not have`, {
    transient: true,
    remedy:
      "check projectId (DESCOPE_PROJECT_ID) and baseUrl (DESCOPE_BASE_URL); the keys are asked for again after half a minute",
  });
}

/** A token that may not be sent. @param message names it and says what is wrong */
export function malformed(message: string, context: PluginContext, remedy?: string): MlflowAuthError {
  return context.error("SECRET_FORMAT", message, {
    remedy: remedy ?? "put a session's token of this project there, as Descope gives it",
  });
}

const CLOCK = "compare this machine's clock with Descope's: they are apart";

/** @param exp seconds since the Unix epoch, and `now` milliseconds */
export function expired(name: string, exp: number, now: number, isFresh: boolean, context: PluginContext) {
  const ago = formatDuration(Math.min(Math.max(now - exp * 1000, 0), Number.MAX_SAFE_INTEGER));
  return context.error("SECRET_EXPIRED", `${name} ended ${ago} ago, by this machine's clock`, {
    transient: isFresh,
    remedy: isFresh
      ? CLOCK
      : "put another one there; set refreshToken (DESCOPE_REFRESH_TOKEN), which renews it; or, for jobs, accessKey",
  });
}

/** @param nbf seconds since the Unix epoch, and `now` milliseconds */
export function notYetValid(name: string, nbf: number, now: number, isFresh: boolean, context: PluginContext) {
  const ahead = formatDuration(Math.min(Math.max(nbf * 1000 - now, 0), Number.MAX_SAFE_INTEGER));
  return context.error("SECRET_EXPIRED", `${name} is valid only from ${ahead} on, by this machine's clock`, {
    transient: isFresh,
    remedy: CLOCK,
  });
}

/** Descope was not asked any more. */
export function closed(context: PluginContext): MlflowAuthError {
  return context.error("SECRET_UNREACHABLE", "the plugin was closed before the session was there", {
    transient: true,
    remedy: "ask again",
  });
}

/** It is not repeated: a password may stand in it. */
export function noAddress(context: PluginContext): MlflowAuthError {
  return context.error("WRONG_VALUE", "baseUrl (DESCOPE_BASE_URL) is no address", {
    remedy: "write one such as https://auth.example.com; a port is at most 65535",
  });
}

/** The options name none of the three. */
export function nothingToLogInWith(context: PluginContext): MlflowAuthError {
  return context.error("SECRET_SOURCE", "there is nothing to log in to Descope with", {
    remedy:
      "set accessKey, which is right for jobs; or sessionToken (DESCOPE_SESSION_TOKEN), refreshToken (DESCOPE_REFRESH_TOKEN), or both",
  });
}
