/** What comes back through the proxy of an `exec` around this command: its own refusals, and answers of the server. */
import {
  codes,
  type ErrorCode,
  isPermissionDenial,
  MlflowAuthError,
  objectIn,
  rejectionKindOf,
  type ServerConfig,
} from "@mlflow-auth/core/internal";
import type { SentRead } from "./examination.js";
import type { Explanation, Link } from "./finding.js";
import type { Answer } from "./probe.js";
import { explainAnswer } from "./unexpected-answers.js";

/** What that proxy did not send, or brought no answer of. */
export interface OuterRefusal extends Explanation {
  /** Where the chain breaks; undefined: at what gives the credential, by the code of `error`. */
  readonly link: Link | undefined;
  /** What stopped the request there, where it was an error with a code. */
  readonly error: MlflowAuthError | undefined;
}

/** What its own words begin with. */
const SPEAKER = "mlflow-auth proxy: ";

/** With these it refuses what this command is sure to ask in the right way. */
const OWN_STATUS: ReadonlySet<number> = new Set([400, 424, 502, 503]);

/** Of the way to the server, not of what gives the credential. */
const CONNECTION: ReadonlySet<string> = new Set(["SERVER_TLS", "TLS_FILE", "HTTP_PROXY"]);

/** Undefined for an answer of the server's own. */
export function refusalIn({ status, text }: Answer): OuterRefusal | undefined {
  const { message, code } = objectIn(text) ?? {};
  if (!OWN_STATUS.has(status) || typeof message !== "string" || !message.startsWith(SPEAKER)) return undefined;
  const words = message.slice(SPEAKER.length);
  const isCode = typeof code === "string" && Object.hasOwn(codes, code);
  const [found = "", remedy = "see what the log of that exec says"] = words
    .slice(isCode ? code.length + 2 : 0)
    .split(". Try this: ");
  if (!isCode) return { found, remedy, link: status === 502 ? "connection" : "request", error: undefined };
  const error = new MlflowAuthError(code as ErrorCode, found, { remedy });
  return { found, remedy, link: CONNECTION.has(code) ? "connection" : undefined, error };
}

/** What to do where the credential is refused: it can't be seen here. */
const OUTSIDE = "run `mlflow-auth doctor` outside of that exec: there it sees the credential, and says what to change";

/** @param answer one that is not MLflow's to the read, and no refusal of the proxy */
export function explainBehindProxy(answer: Answer, sent: SentRead, server: ServerConfig): Explanation {
  const kind = rejectionKindOf(sent, answer.status, answer.headers);
  const isKnown = isPermissionDenial(answer.text) || /^Invalid Host header/.test(answer.text);
  if (server.auth.length === 0 || kind === undefined || (kind === "forbidden" && isKnown)) {
    return explainAnswer(answer, sent);
  }
  const how = kind === "login-page" ? "leads to a page where a person is to sign in, whatever" : "refused";
  return {
    found: `the server ${how} the credential that the exec around this command gives (${answer.status})`,
    remedy: OUTSIDE,
  };
}
