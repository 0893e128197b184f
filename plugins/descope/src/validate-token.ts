/** Whether a token is one that Descope gave for a session of the project, and is good now. No request carries another. */
import { isMlflowAuthError, type PluginContext, type Secret } from "@mlflow-auth/core/plugin";
import type { ProtectedHeaderParameters } from "jose";
import { expired, malformed, notYetValid } from "./faults.js";
import type { DescopeOptions } from "./generated/options.js";
import type { Claims } from "./identity.js";
import type { KeySet } from "./key-set.js";

/** Claims of a valid token. `exp` is in seconds since the Unix epoch, as in the token. */
export interface ValidClaims extends Claims {
  readonly exp: number;
}

/**
 * @param name what the token is called at the start of a sentence
 * @param isFresh whether Descope gave it just now, so that its dates tell of clocks
 * @throws MlflowAuthError `SECRET_EXPIRED` for its dates; `SECRET_FORMAT` for whatever else is wrong with it; or why there are no keys
 */
export type TokenValidator = (token: Secret, name: string, isFresh: boolean) => Promise<ValidClaims>;

/** Seconds for which Descope's clock may be ahead, as in its SDK. */
const TOLERANCE = 5;

/** In `drn`, which says what a token is for. A session's is `DS`, or it has none. */
const REFRESH_TOKEN = "DSR";

/** Signed with RS256 alone, by one of the project's keys; `aud` is looked at where the options name one. */
export function createTokenValidator(
  { projectId, audience }: Pick<DescopeOptions, "projectId" | "audience">,
  keys: KeySet,
  context: PluginContext,
): TokenValidator {
  return async (token, name, isFresh) => {
    const { decodeProtectedHeader, jwtVerify } = await import("jose");
    const text = token.reveal();
    const wrong = (what: string, remedy?: string) => malformed(`${name} ${what}`, context, remedy);
    let header: ProtectedHeaderParameters;
    try {
      header = decodeProtectedHeader(text);
    } catch {
      throw wrong("is not a JWT", "it is three parts with dots between them; an access key goes into accessKey");
    }
    // Here already, so that no other is a reason to ask Descope for keys.
    if (header.alg !== "RS256") throw wrong("is not signed with RS256, as Descope's are");
    if (typeof header.kid !== "string" || header.kid === "") throw wrong("does not say with which key it is signed");
    const now = context.clock.wallTime();
    const asked = {
      algorithms: ["RS256"],
      currentDate: new Date(now),
      clockTolerance: TOLERANCE,
      requiredClaims: ["exp"],
      ...(audience !== undefined && { audience }),
    };
    try {
      const { payload } = await jwtVerify(text, keys, asked);
      const claims = payload as ValidClaims;
      if (claims.exp * 1000 <= now) throw expired(name, claims.exp, now, isFresh, context);
      if (!isIssuedBy(claims["iss"], projectId)) {
        throw wrong(
          `is not of the project ${projectId}`,
          "check projectId (DESCOPE_PROJECT_ID), and where the token is from",
        );
      }
      // It lasts for weeks and makes sessions, and is signed like one.
      if (claims["drn"] === REFRESH_TOKEN) {
        throw wrong(
          "is a refresh token, which nobody but Descope may see",
          "put it into refreshToken (DESCOPE_REFRESH_TOKEN)",
        );
      }
      return claims;
    } catch (thrown) {
      if (isMlflowAuthError(thrown)) throw thrown;
      const { code, claim, payload } = thrown as { code?: string; claim?: string; payload?: Claims };
      if (code === "ERR_JWT_EXPIRED") throw expired(name, Number(payload?.["exp"]), now, isFresh, context);
      if (claim === "nbf" && Number.isFinite(payload?.["nbf"])) {
        throw notYetValid(name, Number(payload?.["nbf"]), now, isFresh, context);
      }
      if (claim === "aud") {
        const remedy =
          "check audience; for which one a session is, its access key's or template's settings in Descope say";
        throw wrong(`is not meant for the audience ${audience}`, remedy);
      }
      if (code === "ERR_JWS_SIGNATURE_VERIFICATION_FAILED") throw wrong("has a signature that is not Descope's");
      if (code === "ERR_JWT_CLAIM_VALIDATION_FAILED")
        throw wrong("lacks a claim that says when it ends, or has a wrong one");
      throw wrong("can't be read as a JWT");
    }
  };
}

/** As Descope's SDK reads `iss`: the id, or a path whose last segment but one or last it is. */
export function isIssuedBy(issuer: unknown, projectId: string): boolean {
  if (typeof issuer !== "string") return false;
  if (issuer === projectId) return true;
  const path = URL.parse(issuer)?.pathname ?? issuer;
  const segments = path.split("/").filter((segment) => segment !== "");
  return segments.slice(-2).includes(projectId);
}
