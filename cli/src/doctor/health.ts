import { otherScheme } from "./connection-failure.js";
import { broken, type Finding, fine, skipped } from "./finding.js";
import { type Answer, isHtml } from "./probe.js";
import { overload } from "./refusals.js";

/**
 * What `/health` says without a credential. That it is protected, or not passed on at all, is no fault: many gates are set up so,
 * and the request that follows tells.
 *
 * @param version MLflow's, where `/version` told it
 */
export function healthFinding(answer: Answer, version: string | undefined): Finding {
  const { status } = answer;
  if (status >= 500 || status === 429) return broken("health", `/health answered ${status}`, overload(status));
  if (status === 401 || status === 403) return skipped("health", `/health is protected, too (${status})`);
  if (status >= 300 && status < 400)
    return skipped("health", `/health leads elsewhere without a credential (${status})`);
  if (status !== 200) return skipped("health", `there is no /health below this address (${status})`);
  if (isHtml(answer)) return skipped("health", "/health is an HTML page here, as where one has to sign in");
  if (answer.text.trim() !== "OK") return skipped("health", "/health is not MLflow's here");
  return fine("health", version === undefined ? "MLflow is well" : `MLflow ${version} is well`);
}

/** Undefined for what is no version: it is shown as it is. */
export function versionIn({ status, text }: Answer): string | undefined {
  const version = text.trim();
  return status === 200 && /^\d{1,4}(\.\w{1,20}){1,4}([+-][\w.]{1,20})?$/.test(version) ? version : undefined;
}

/** What a server says on its TLS port to a client that doesn't speak it: nginx and Apache in HTML, Go's in plain text. */
export function speaksTls(answer: Answer, uri: string): Finding | undefined {
  const { protocol, host } = new URL(uri);
  const told = answer.status === 400 && /HTTPS (port|server)|SSL-enabled server port/i.test(answer.text);
  if (protocol !== "http:" || !told) return undefined;
  return broken("connection", `${host} speaks TLS, and was spoken to without`, otherScheme(protocol));
}
