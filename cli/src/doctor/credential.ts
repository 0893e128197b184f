/**
 * What the plugins give a request and a run, and at which link they fail: core knows no vendor, so the code of the error tells.
 */
import {
  type AuthorizedHeaders,
  type ErrorCode,
  formatDuration,
  isMlflowAuthError,
  isSecret,
  type Logger,
  MlflowAuthError,
  type OpenedAuthorizer,
  type ServerConfig,
} from "@mlflow-auth/core/internal";
import { withTimeout } from "../with-timeout.js";
import { type Examination, READ_PATH, type Warned } from "./examination.js";
import { isConnectionFault } from "./file.js";
import { brokenBy, type Finding, fine, knownError, type Link, links, skipped } from "./finding.js";
import { sentTokens } from "./sent-token.js";

/** What came of asking the plugins for the headers of one request. */
export interface CredentialReport {
  /** The links `backend`, `login`, `secret` and `headers`. */
  readonly findings: readonly Finding[];
  /** Undefined where a request must not be sent. */
  readonly authorized: AuthorizedHeaders | undefined;
}

const chain = ["backend", "login", "secret", "headers"] as const;

/** Where a failure lies that is none of these, the plugin does not say; the first link stands for all then. */
const linkOf: Partial<Record<ErrorCode, Link>> = {
  SECRET_SOURCE: "login",
  LOGIN_FAILED: "login",
  SECRET_DENIED: "secret",
  SECRET_NOT_FOUND: "secret",
  SECRET_EXPIRED: "secret",
  SECRET_FORMAT: "secret",
  PLUGIN_RESULT: "secret",
  HEADER_INVALID: "secret",
  AUTH_FAILED: "secret",
  ANONYMOUS_REFUSED: "secret",
  HEADER_COLLISION: "headers",
};

/** Of these it is known that the links before them held. */
const showsEarlier: ReadonlySet<ErrorCode> = new Set([
  "LOGIN_FAILED",
  "SECRET_DENIED",
  "SECRET_NOT_FOUND",
  "SECRET_EXPIRED",
  "SECRET_FORMAT",
  "HEADER_COLLISION",
]);

/**
 * Asks the plugins as a request would, once.
 *
 * @throws what is no MlflowAuthError, for that is a defect of ours
 */
export async function examineCredential(examination: Examination): Promise<CredentialReport> {
  const { opened, target } = examination;
  if ("fault" in opened) {
    const why = isConnectionFault(opened.fault) ? opened.fault.message : "the plugins can't be used";
    return { findings: chain.map((link) => skipped(link, `not judged: ${why}`)), authorized: undefined };
  }
  const { uri } = target;
  try {
    // The target is a listed server, so there is an answer.
    const asked = opened.open.authorize({ url: uri + READ_PATH, method: "POST" }) as Asked;
    const authorized = await inTime(asked, examination.timeout, `the plugins gave no credential for ${uri}`, BACKEND);
    const words = await described(opened.open, authorized, examination.timeout);
    return { findings: withWarnings(successes(authorized, examination, words), examination), authorized };
  } catch (thrown) {
    return { findings: withWarnings(failures(knownError(thrown), target.server), examination), authorized: undefined };
  }
}

type Asked = AuthorizedHeaders | Promise<AuthorizedHeaders>;

/** Whose credential it is, where the plugin says so. That it does not is no fault of the credential. */
async function described(
  open: Pick<OpenedAuthorizer, "describe">,
  authorized: AuthorizedHeaders,
  timeout: number,
): Promise<string> {
  const asked = open.describe(authorized).catch(() => undefined);
  const words = await withTimeout(timeout, asked, () => undefined);
  return typeof words === "string" && words !== "" ? ` (${words})` : "";
}

const BACKEND = "check that the secret backend answers from this machine";

/** Whether a run could be created: what the tag plugins give it, or which of them stops it. */
export async function tagsFinding({ opened, target, timeout }: Examination): Promise<Finding> {
  if (target.server.tags.length === 0) return skipped("tags", "no plugin gives any");
  if (!("open" in opened)) return skipped("tags", "not judged: the plugins can't be used");
  try {
    const asked = opened.open.tags(target.server, { experimentId: undefined, runName: undefined, tags: {} });
    const { tags } = await inTime(
      asked,
      timeout,
      "no run tags from the plugins",
      "see what the plugin needs to answer",
    );
    return fine("tags", Object.keys(tags).join(", ") || "none here");
  } catch (thrown) {
    return brokenBy("tags", knownError(thrown));
  }
}

/**
 * How much longer than a request plugins may take, who send several. Mostly core's own time-out of the plugin, or the plugin's of
 * its requests, comes first and can say more.
 */
const PLUGIN_FACTOR = 3;

/** @param timeout milliseconds of one request */
function inTime<T>(asked: T | Promise<T>, timeout: number, missing: string, remedy: string): Promise<T> {
  const limit = PLUGIN_FACTOR * timeout;
  return withTimeout(limit, Promise.resolve(asked), () => {
    throw new MlflowAuthError("PLUGIN_TIMEOUT", `${missing} within ${formatDuration(limit)}`, {
      remedy: `${remedy}, or give it longer with --timeout`,
    });
  });
}

function successes(authorized: AuthorizedHeaders, { target, wire, since }: Examination, words: string): Finding[] {
  const { server, provider, sources, signing } = authorized;
  const { origin } = new URL(target.uri);
  // The server itself is asked for its health meanwhile.
  const others = wire.answers.slice(since).filter((answer) => answer.origin !== origin);
  const answered = [...new Set(others.map((answer) => answer.origin))];
  const names = Object.keys(sources);
  const values = new Map(authorized.headers);
  // An instance may give headers beside its credential: those are no secrets.
  const isCredential = (name: string) =>
    sources[name] === provider && (!server.headers.includes(provider as string) || isSecret(values.get(name)));
  const headers =
    server.headers.length === 0
      ? skipped("headers", "no plugin adds any")
      : fine(
          "headers",
          listed(names.filter((name) => server.headers.includes(sources[name] as string) && !isCredential(name))) ||
            "none to add here",
        );
  if (provider === undefined) {
    const why =
      server.auth.length === 0
        ? "the file has no credential for this server: clients send their own"
        : "the plugin sends this request without a credential, on purpose";
    return [skipped("backend", why), skipped("login", "none is needed"), skipped("secret", "none is needed"), headers];
  }
  const tokens = sentTokens({ headers: authorized.headers.filter(([name]) => isCredential(name)) });
  return [
    fine("backend", answered.length > 0 ? `${listed(answered)} answered` : "nothing had to be asked just now"),
    fine("login", answered.length > 0 ? "accepted" : "none was needed just now"),
    {
      ...fine(
        "secret",
        `from ${provider}, for ${signing === undefined ? `the header ${listed(names.filter(isCredential))}` : "a signature of each request"}${words}`,
      ),
      ...(tokens.length > 0 && { tokens }),
    },
    headers,
  ];
}

/** The same four links where an error came in place of the headers. */
export function failures(error: MlflowAuthError, server: Pick<ServerConfig, "auth" | "headers">): Finding[] {
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

/** A logger that passes everything on, and the list of the warnings that it was told. */
export function collectWarnings(onward: Logger): { logger: Logger; warned: Warned[] } {
  const warned: Warned[] = [];
  const logger: Logger = {
    isLevelEnabled: (level) => level === "warn" || onward.isLevelEnabled?.(level) !== false,
    debug: (fields, message) => onward.debug(fields, message),
    info: (fields, message) => onward.info(fields, message),
    warn(fields, message) {
      const { plugin, server, code } = fields;
      warned.push({ plugin, server, code: code as ErrorCode | undefined, message });
      onward.warn(fields, message);
    },
    error: (fields, message) => onward.error(fields, message),
  };
  return { logger, warned };
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
