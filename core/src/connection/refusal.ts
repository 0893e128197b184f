/** What the status of a secret backend's answer means, where it brought no credential. */
import type { ErrorCode } from "../errors/codes.js";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { HttpResponse, RefusalDetails } from "../provider/context.js";

interface Meaning {
  readonly code: ErrorCode;
  /** What the backend did; `WHAT` stands for what it was asked for. */
  readonly did: string;
  readonly remedy: string;
  readonly transient?: true;
}

/** See `PluginContext.refuse`. @param instance whose backend it is */
export function refusalOf(
  { status, origin }: Pick<HttpResponse, "status" | "origin">,
  instance: string,
  { what = "the credential", remedies = {} }: RefusalDetails = {},
): MlflowAuthError {
  const { code, did, remedy, transient = false } = meaningOf(status);
  const message = `${origin} ${did.replace("WHAT", what)} (status ${status})`;
  return new MlflowAuthError(code, message, { plugin: instance, transient, remedy: remedies[code] ?? remedy });
}

function meaningOf(status: number): Meaning {
  if (status === 401) {
    const remedy = "check the login in the plugin's options: it may have expired or been revoked";
    return { code: "LOGIN_FAILED", did: "did not accept the login", remedy };
  }
  if (status === 403) {
    return { code: "SECRET_DENIED", did: "denied reading WHAT", remedy: "have this login given permission to read it" };
  }
  if (status === 404 || status === 410) {
    return { code: "SECRET_NOT_FOUND", did: "does not have WHAT", remedy: "check its name in the plugin's options" };
  }
  if (status === 429) {
    const remedy = "wait, or have the limit raised";
    return { code: "SECRET_UNREACHABLE", did: "gets too many requests", remedy, transient: true };
  }
  if (status === 408 || status === 425 || status >= 500) {
    return { code: "SECRET_UNREACHABLE", did: "fails", remedy: "see its own log and state", transient: true };
  }
  if (status >= 200 && status < 300) {
    const remedy = "check that the address in the plugin's options is right, and what is stored there";
    return { code: "SECRET_FORMAT", did: "gave an answer without WHAT", remedy };
  }
  const remedy = "check that the address in the plugin's options is right";
  return status >= 300 && status < 400
    ? { code: "SECRET_UNREACHABLE", did: "redirects, which is not followed", remedy }
    : { code: "SECRET_UNREACHABLE", did: "gave an unknown answer", remedy };
}
