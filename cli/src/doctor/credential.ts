/** What the plugins give a request, and at which link they fail: core knows no vendor, so the code of the error tells. */
import {
  type AuthorizedHeaders,
  type ErrorCode,
  isMlflowAuthError,
  MlflowAuthError,
  type OpenedAuthorizer,
} from "@mlflow-auth/core/internal";
import { type Examination, PLUGIN_FACTOR, READ_PATH } from "./examination.js";
import { isConnectionFault } from "./file.js";
import { brokenBy, type Finding, fine, type Link, links, skipped } from "./finding.js";
import { inWords, within } from "./with-timeout.js";

export interface CredentialReport {
  /** The links `backend`, `login`, `secret` and `headers`. */
  readonly findings: readonly Finding[];
  /** Undefined where a request must not be sent. */
  readonly authorization: AuthorizedHeaders | undefined;
}

const chain = ["backend", "login", "secret", "headers"] as const;

/** Where a failure lies that is none of these, the plugin does not say; the first link stands for all then. */
const linkOf: Partial<Record<ErrorCode, Link>> = {
  SECRET_SOURCE: "login",
  LOGIN_FAILED: "login",
  SECRET_DENIED: "secret",
  SECRET_NOT_FOUND: "secret",
  SECRET_FORMAT: "secret",
  PLUGIN_RESULT: "secret",
  HEADER_INVALID: "secret",
  AUTH_FAILED: "secret",
  HEADER_COLLISION: "headers",
};

/** Of these it is known that the links before them held. */
const showsEarlier: ReadonlySet<ErrorCode> = new Set([
  "LOGIN_FAILED",
  "SECRET_DENIED",
  "SECRET_NOT_FOUND",
  "SECRET_FORMAT",
  "HEADER_COLLISION",
]);

export async function examineCredential(examination: Examination): Promise<CredentialReport> {
  const { opened, target } = examination;
  if ("fault" in opened) {
    const why = isConnectionFault(opened.fault) ? opened.fault.message : "the plugins can't be used";
    return { findings: chain.map((link) => skipped(link, `not judged: ${why}`)), authorization: undefined };
  }
  try {
    const authorization = await authorize(opened.open, target.uri, examination.timeout);
    return { findings: withWarnings(successes(authorization, examination), examination), authorization };
  } catch (thrown) {
    if (!isMlflowAuthError(thrown)) throw thrown;
    return { findings: withWarnings(failures(thrown, examination), examination), authorization: undefined };
  }
}

async function authorize(authorizer: OpenedAuthorizer, uri: string, timeout: number): Promise<AuthorizedHeaders> {
  const limit = PLUGIN_FACTOR * timeout;
  const asked = authorizer.authorize({ url: uri + READ_PATH, method: "POST" }) as
    | AuthorizedHeaders
    | Promise<AuthorizedHeaders>;
  return await within(limit, Promise.resolve(asked), () => {
    throw new MlflowAuthError("PLUGIN_TIMEOUT", `the plugins gave no credential for ${uri} within ${inWords(limit)}`, {
      remedy: "check that the secret backend answers from this machine, or give it longer with --timeout",
    });
  });
}

function successes(authorization: AuthorizedHeaders, { target, wire, since }: Examination): Finding[] {
  const { server, provider, sources } = authorization;
  const { origin } = new URL(target.uri);
  // The server itself is asked for its health meanwhile.
  const others = wire.answers.slice(since).filter((answer) => answer.origin !== origin);
  const answered = [...new Set(others.map((answer) => answer.origin))];
  const namesOf = (instances: readonly string[]) =>
    Object.keys(sources).filter((name) => instances.includes(sources[name] as string));
  const headers =
    server.headers.length === 0
      ? skipped("headers", "no plugin adds any")
      : fine("headers", listed(namesOf(server.headers.filter((name) => name !== provider))) || "none to add here");
  if (provider === undefined) {
    const why =
      server.auth.length === 0
        ? "the file has no credential for this server: clients send their own"
        : "the plugin sends this request without a credential, on purpose";
    return [...(["backend", "login", "secret"] as const).map((link) => skipped(link, why)), headers];
  }
  return [
    fine("backend", answered.length > 0 ? `${listed(answered)} answered` : "nothing had to be asked just now"),
    fine("login", answered.length > 0 ? "accepted" : "none was needed just now"),
    fine("secret", `from ${provider}, for the header ${listed(namesOf([provider]))}`),
    headers,
  ];
}

function failures(error: MlflowAuthError, { target: { server } }: Examination): Finding[] {
  const { plugin } = error;
  const ofHeaders = plugin !== undefined && server.headers.includes(plugin) && !server.auth.includes(plugin);
  const { code } = error.code === "AUTH_FAILED" && isMlflowAuthError(error.cause) ? error.cause : error;
  const at = ofHeaders ? "headers" : (linkOf[code] ?? "backend");
  const place = chain.indexOf(at as (typeof chain)[number]);
  return chain.map((link, index) => {
    if (link === at) return brokenBy(link, error);
    if (index > place) return skipped(link, `not judged while the ${links[at]} is broken`);
    return showsEarlier.has(code) && !(ofHeaders && code !== "HEADER_COLLISION")
      ? fine(link, link === "backend" ? "it answered" : "accepted")
      : skipped(link, "not judged: the failure does not tell");
  });
}

/** What was logged on the way, such as a plugin that failed so that another was asked, stands with the link that it is about. */
function withWarnings(findings: Finding[], { warned, target: { server } }: Examination): Finding[] {
  const placed = warned
    .filter((one) => one.plugin !== undefined && (one.server ?? server.uri) === server.uri)
    .map(({ plugin = "", code, message }) => {
      if (server.auth.includes(plugin)) return { link: (code && linkOf[code]) ?? "backend", message };
      return { link: server.headers.includes(plugin) ? "headers" : undefined, message };
    });
  return findings.map((finding) => {
    const messages = placed.filter(({ link }) => link === finding.link).map(({ message }) => message);
    return { ...finding, warnings: [...new Set(messages)] };
  });
}

function listed(names: readonly string[]): string {
  return names.join(", ");
}
