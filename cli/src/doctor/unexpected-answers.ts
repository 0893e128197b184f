/** What an answer other than MLflow's means for the read that was sent, and what to do about it. */
import {
  type AuthorizedHeaders,
  isPassing,
  isPermissionDenial,
  objectIn,
  rejectionKindOf,
  remedyForPassing,
} from "@mlflow-auth/core/internal";
import type { SentRead } from "./examination.js";
import type { Explanation } from "./finding.js";
import { type Answer, challengesOf } from "./probe.js";
import { loginPage, moved } from "./redirects.js";
import { tokenFault } from "./rejected-token.js";
import { textOf } from "./sent-token.js";

const ADDRESS =
  "check the server's address: it must be the address of MLflow up to, and without, /api, for example https://mlflow.example.com/base";

/** Why somebody may be here for nothing but a program that hangs. */
const SILENCE = "MLflow's Python client repeats its requests for about 4 minutes then, without a word";

/** Whether it is what MLflow answers to a search for experiments. */
export function isRead({ status, text }: Answer): boolean {
  const answer = status === 200 ? objectIn(text) : undefined;
  return answer !== undefined && (Array.isArray(answer["experiments"]) || Object.keys(answer).length === 0);
}

/** @param answer one of which {@link isRead} is false */
export function explainAnswer(answer: Answer, sent: SentRead): Explanation {
  const kind = rejectionKindOf(sent, answer.status, answer.headers);
  const explained = explainByKind(answer, sent, kind);
  // Where MLflow says that its owner may not, the token was good.
  const fault = kind === undefined || isPermissionDenial(answer.text) ? undefined : tokenFault(answer, sent);
  if (fault === undefined) return explained;
  return { found: `${explained.found}; ${fault.found}`, remedy: fault.remedy ?? explained.remedy };
}

function explainByKind(answer: Answer, sent: SentRead, kind: ReturnType<typeof rejectionKindOf>): Explanation {
  const { status } = answer;
  if (kind === "unauthorized") return unauthorized(answer, sent);
  if (kind === "forbidden") return forbidden(answer, sent);
  const redirected = status >= 300 && status < 400;
  if (kind === "login-page" || redirected) return moved(answer, sent) ?? loginPage(answer, sent);
  if (status === 404) return nothingThere(answer);
  if (status === 429 || status >= 500) return { found: failing(answer), remedy: remedyForPassing(status) };
  if (status === 200) return { found: "the server answered with something else than MLflow's JSON", remedy: ADDRESS };
  return { found: `the server answered ${status}, which MLflow does not`, remedy: ADDRESS };
}

/** 401: how the credential was sent, and what the server asks for, tell what to change. */
function unauthorized(answer: Answer, { authorized, clocksApart, fixedForm = false }: SentRead): Explanation {
  const { provider } = authorized;
  if (provider === undefined) {
    return {
      found: "the server wants a credential (401), and the file has none for it",
      remedy: "enable a plugin that has one under `plugins`, and name it in the server's `auth`",
    };
  }
  const clock = clocksFirst(clocksApart);
  if (authorized.signing !== undefined) {
    return {
      found: `the server refused the signature of ${provider} (401)`,
      remedy: `${clock}check whose keys ${provider} signs with, and for which service and region`,
    };
  }
  const { name, scheme, shown } = sentBy(authorized, provider);
  const wanted = schemesIn(challengesOf(answer));
  const found = `the server refused the credential of ${provider} (401), sent as ${shown}`;
  const asks = wanted.length === 0 ? found : `${found}; it asks for ${wanted.join(" or ")}`;
  return {
    found: asks,
    remedy: clock + howToSend(provider, { name, scheme, wanted, fixedForm }),
  };
}

/** What a remedy begins with where something that has a date was refused. */
function clocksFirst(apart: boolean): string {
  return apart ? "set the clocks right first (see clock); then " : "";
}

/** How a credential went, and what the server asks for, by schemes. */
interface Sending {
  readonly name: string;
  readonly scheme: string | undefined;
  readonly wanted: readonly string[];
  readonly fixedForm: boolean;
}

function howToSend(provider: string, { name, scheme, wanted, fixedForm }: Sending): string {
  const instance = `plugins.${provider}`;
  const isAuthorization = name.toLowerCase() === "authorization";
  const takesOther = wanted.length > 0 && scheme !== undefined && !wanted.includes(scheme);
  if (fixedForm && !takesOther) return otherCredential(provider, name);
  if (wanted.length > 0 && !isAuthorization) {
    return `have ${instance} send it in the header that is asked for: credential.header: Authorization`;
  }
  if (takesOther) {
    const mode = fixedForm ? undefined : wanted.find((one) => one === "Basic" || one === "Bearer");
    return mode === undefined
      ? `ask the server's operator for access with a token: the server takes no ${scheme}`
      : `have ${instance} send what is asked for: credential.mode: ${mode.toLowerCase()}`;
  }
  const replace = otherCredential(provider, name);
  if (wanted.length > 0) return replace;
  // The server does not say what it wants.
  const other = isAuthorization ? "X-Api-Key" : "Authorization";
  const header = `looks at another header than ${name}, such as ${other}, name it in credential.header of ${instance}`;
  if (scheme === undefined) return `${replace}. If the server ${header}`;
  const [means, mode] = scheme === "Basic" ? ["a token", "bearer"] : ["a user and a password", "basic"];
  return `${replace}. If the server wants ${means}, say credential.mode: ${mode}; if it ${header}`;
}

/** What to do where it was sent as it should be. */
function otherCredential(provider: string, header: string): string {
  return `store the credential that the server accepts where plugins.${provider} reads it: the one there is out of date, or another server's. If it is the right one, have the proxy in front of MLflow pass ${header} on`;
}

/** How the credential went, by names that are none of its own. */
function sentBy({ headers, sources }: AuthorizedHeaders, provider: string) {
  const [name, value] = headers.find(([header]) => sources[header] === provider) ?? ["no header", ""];
  const text = textOf(value);
  const scheme = ["Bearer", "Basic"].find((word) => text.startsWith(`${word} `));
  return { name, scheme, shown: scheme === undefined ? name : `${name}: ${scheme}` };
}

/** The schemes of a WWW-Authenticate, as far as they are known here: nothing else of it is repeated. */
function schemesIn(challenge: string): string[] {
  const bare = challenge.replaceAll(/"[^"]*"/g, "");
  return ["Basic", "Bearer", "Digest", "Negotiate"].filter((name) => new RegExp(`\\b${name}\\b`, "i").test(bare));
}

/** 403: MLflow's own denial, MLflow's guard of its Host header, a sidecar of ours, or a proxy in front of it. */
function forbidden({ text }: Answer, { url, authorized, clocksApart }: SentRead): Explanation {
  const { provider, signing } = authorized;
  const who = provider === undefined ? "the sender" : `the owner of ${provider}'s credential`;
  if (/^Invalid Host header/.test(text)) {
    const { hostname } = new URL(url);
    return {
      found: "MLflow does not know the host name that it is addressed by (403)",
      remedy: `start it with --allowed-hosts ${hostname}, or have the proxy in front of it send MLflow's own Host`,
    };
  }
  if (String(objectIn(text)?.["message"]).startsWith("mlflow-auth proxy: ")) {
    return {
      found:
        "this is the address of an `mlflow-auth proxy`, which asks for its token, and not that of the server (403)",
      remedy:
        "write the server's own address into the file, or unset MLFLOW_TRACKING_URI where the file takes it from there",
    };
  }
  if (isPermissionDenial(text)) {
    return {
      found: `MLflow knows ${who} and denies reading (403)`,
      remedy: "ask an admin of MLflow to give that user the permission READ",
    };
  }
  // Many fronts say no more of a wrong signature than of a missing permission.
  if (signing !== undefined) {
    const clock = clocksFirst(clocksApart);
    return {
      found: `a proxy in front of MLflow refused the signature of ${provider}, or its owner (403)`,
      remedy: `${clock}check whose keys ${provider} signs with, for which service and region, and that they are allowed to call this address`,
    };
  }
  return {
    found: `a proxy in front of MLflow refused ${who} (403)`,
    remedy: `ask its operator to grant access to that user, or store another user's credential where plugins.${provider ?? "NAME"} reads it`,
  };
}

function nothingThere({ text }: Answer): Explanation {
  if (objectIn(text)?.["error_code"] !== undefined) {
    return { found: "MLflow does not know this call (404)", remedy: "have MLflow updated to 2.0 or newer" };
  }
  return { found: "there is no MLflow API at this address (404)", remedy: ADDRESS };
}

function failing({ status, text }: Answer): string {
  const ofMlflow = objectIn(text)?.["error_code"] !== undefined;
  const found = ofMlflow ? `MLflow fails (${status})` : `the server answered ${status}`;
  return isPassing(status) ? `${found}; ${SILENCE}` : found;
}
