/** Why a connection did not come about. The one table from the codes of Node, OpenSSL and undici to what they mean. */
import type { buildConnector } from "undici";
import { isMlflowAuthError, MlflowAuthError } from "../errors/mlflow-auth-error.js";

/**
 * - `refused`, `unknown-host`, `no-route`, `timeout`: there was no connection.
 * - `hung-up`: there was one, and the other side ended it without an answer.
 * - `headers-too-large`: it answers with more headers than clients take.
 * - `not-http`: what answers does not speak HTTP.
 * - `breaks-http`: it speaks HTTP, and breaks one of its rules.
 * - `no-tls`: what answers does not speak TLS.
 * - `expired`, `not-yet-valid`, `other-name`, `self-signed`, `untrusted`, `other-purpose`: the certificate of the other side.
 * - `client-certificate`: the other side did not accept ours, or the lack of one.
 * - `tls`: anything else about TLS.
 */
export type ConnectionFailureKind =
  | "refused"
  | "unknown-host"
  | "no-route"
  | "timeout"
  | "hung-up"
  | "headers-too-large"
  | "not-http"
  | "breaks-http"
  | "no-tls"
  | "expired"
  | "not-yet-valid"
  | "other-name"
  | "self-signed"
  | "untrusted"
  | "other-purpose"
  | "client-certificate"
  | "tls";

/** What is known of a connection that did not come about. Nothing of an error's own text is in it. */
export interface ConnectionFailure {
  /** Of Node, OpenSSL or undici, such as `ECONNREFUSED`; `TimeoutError` where no answer came in time; `unknown reason` where there is none. */
  readonly code: string;
  /** Undefined for a code that says nothing more than itself. */
  readonly kind?: ConnectionFailureKind | undefined;
  /** What happened, as the end of a sentence, with the code in brackets. */
  readonly what: string;
  /** Whether TLS failed, for a reason that the next attempt will meet again. */
  readonly isTls: boolean;
}

/** The first that fits. */
const meanings: readonly (readonly [codes: RegExp, kind: ConnectionFailureKind, what: string])[] = [
  [/^ECONNREFUSED$/, "refused", "nothing listens there"],
  [/^(ENOENT|ENOTSOCK)$/, "refused", "there is no such socket"],
  [/^EACCES$/, "refused", "this process may not connect to it"],
  [/^(ENOTFOUND|EAI_AGAIN|EAI_NODATA|EAI_NONAME)$/, "unknown-host", "the host name is unknown"],
  [/^EHOSTUNREACH$/, "no-route", "there is no route to that host"],
  [/^ENETUNREACH$/, "no-route", "there is no route to that network"],
  [/^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, "timeout", "no connection came about"],
  [/^(UND_ERR_SOCKET|ECONNRESET|EPIPE)$/, "hung-up", "the other side hangs up without an answer"],
  [
    /^(UND_ERR_HEADERS_OVERFLOW|HPE_HEADER_OVERFLOW)$/,
    "headers-too-large",
    "it answers with more headers than clients take (16 KiB)",
  ],
  // undici's name for what has no code of the parser, such as a control character in a header.
  [/^(HPE_.*|HTTPParserError)$/, "not-http", "what answers there does not speak HTTP"],
  // undici says the same of an answer with a length whose head its parser refuses.
  [
    /^UND_ERR_RES_CONTENT_LENGTH_MISMATCH$/,
    "breaks-http",
    "its answer breaks a rule of HTTP, or is not as long as it says",
  ],
  [/^CERT_HAS_EXPIRED$/, "expired", "its certificate has expired"],
  [/^CERT_NOT_YET_VALID$/, "not-yet-valid", "its certificate is not valid yet"],
  [/^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/, "other-name", "its certificate is for another name"],
  [/^DEPTH_ZERO_SELF_SIGNED_CERT$/, "self-signed", "its certificate is self-signed"],
  [
    /^(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(VERIFY|GET_ISSUER).*|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE)$/,
    "untrusted",
    "its certificate comes from an authority that is not trusted here",
  ],
  [/^INVALID_PURPOSE$/, "other-purpose", "its certificate is for another purpose than a server's"],
  [
    /^ERR_SSL_.*ALERT.*(CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE)/,
    "client-certificate",
    "it did not accept the client certificate, or the lack of one",
  ],
  [/^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/, "no-tls", "nothing speaks TLS there"],
  [/^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|EPROTO$)/, "tls", "TLS failed"],
];

const withoutTls: ReadonlySet<ConnectionFailureKind | undefined> = new Set([
  undefined,
  "refused",
  "unknown-host",
  "no-route",
  "timeout",
  "hung-up",
  "headers-too-large",
  "not-http",
  "breaks-http",
]);

/**
 * What is behind an error of Node, undici or fetch, or behind an {@link MlflowAuthError} that was made of one, as `context.http`
 * makes them. Nothing of its message is kept, for that may quote a request, but for the words of the parser of HTTP. Never throws: an
 * error of another kind is known by its code or name alone.
 */
export function connectionFailureOf(thrown: unknown): ConnectionFailure {
  const error = isMlflowAuthError(thrown) ? thrown.cause : thrown;
  const code = codeOf(error);
  for (const [codes, kind, what] of meanings) {
    if (!codes.test(code)) continue;
    const rule = kind === "not-http" ? brokenRuleIn(error) : undefined;
    const breaks = rule !== undefined && !rule.startsWith("Expected HTTP/");
    const why = rule === undefined ? what : `${breaks ? BREAKS : what}: ${rule}`;
    const isTls = !withoutTls.has(kind);
    return { code, kind: breaks ? "breaks-http" : kind, what: `${why} (${code})${noteOf(error)}`, isTls };
  }
  return { code, what: code + noteOf(error), isTls: false };
}

/** By which a second copy of core knows it, too. */
const NOTE = Symbol.for("@mlflow-auth/core:connection-note");

/**
 * The cause of an error of ours for a connection that did not come about: all that is kept of what was thrown.
 *
 * @param note what else may be why, which then ends `what` of {@link connectionFailureOf}
 */
export function connectionCause(code: string, note = ""): Error {
  return Object.assign(new Error(code), { code, [NOTE]: note });
}

/** The same connector, whose errors about an authority that is not trusted end with a note. */
export function withNote(connect: buildConnector.connector, note: string): buildConnector.connector {
  return (options, callback) =>
    connect(options, (...[error, socket]) => {
      if (error === null) return callback(null, socket);
      if (/^(?:self-signed|untrusted)$/.test(connectionFailureOf(error).kind ?? ""))
        Object.assign(error, { [NOTE]: note });
      callback(error, null);
    });
}

const noteOf = (error: unknown) => (error as { [NOTE]?: string } | undefined)?.[NOTE] ?? "";

const BREAKS = "its answer breaks a rule of HTTP";

/**
 * The rule of HTTP that an answer breaks, as the parser says it: in words of its own, which hold nothing of what has come. Undefined for an
 * error of another kind.
 */
export function brokenRuleIn(thrown: unknown): string | undefined {
  for (const error of [thrown, (thrown as Error | undefined)?.cause]) {
    const { name, code, message } = (error ?? {}) as { name?: unknown; code?: unknown; message?: unknown };
    if (name !== "HTTPParserError" && !String(code).startsWith("HPE_")) continue;
    const [, inBrackets, behind] =
      /\(([\w '/,.:-]{1,100})\)$|^Parse Error: ([\w '/,.:-]{1,100})$/.exec(String(message)) ?? [];
    if (inBrackets !== undefined || behind !== undefined) return inBrackets ?? behind;
  }
  return undefined;
}

/** The code of an error or of its cause; else its name. */
function codeOf(thrown: unknown): string {
  const { code, cause, name } = (thrown ?? {}) as {
    code?: unknown;
    cause?: { code?: unknown; name?: unknown };
    name?: unknown;
  };
  // Of its name fetch makes a TypeError, and the parser's error has no code.
  const parser = cause?.name === "HTTPParserError" ? cause.name : undefined;
  const found = [code, cause?.code, parser, name].find((value) => typeof value === "string");
  return typeof found === "string" && /^\w{1,64}$/.test(found) ? found : "unknown reason";
}

const authority =
  "set `tls: { ca: FILE }` of that server (or MLFLOW_TRACKING_SERVER_CERT_PATH) to the PEM file of the authority that signed its certificate";

/** What to do about each failure of TLS with a listed server. */
const remedies: Readonly<Partial<Record<ConnectionFailureKind, string>>> = {
  expired: "have it renewed, and check the clock of this machine",
  "not-yet-valid": "check the clock of this machine",
  "other-name": "use the name that it was issued for, or have one issued for this name",
  "self-signed": authority,
  untrusted: authority,
  "client-certificate":
    "set `tls: { cert: FILE, key: FILE }` of that server (or MLFLOW_TRACKING_CLIENT_CERT_PATH) to a certificate that it accepts",
  "no-tls": "correct the port of that server's address, or write http:// if it speaks no TLS",
};

/**
 * A failure of TLS with a listed server as an error with a remedy. Anything else as it is: programs know the codes of lost
 * connections and act on them.
 *
 * @param server its URI, as the file has it
 */
export function explainConnectionFailure(error: Error, server: string): Error {
  if (isMlflowAuthError(error) || typeof (error as NodeJS.ErrnoException).code !== "string") return error;
  const { kind, code, what, isTls } = connectionFailureOf(error);
  if (!isTls || kind === undefined) return error;
  // Not the original as it is: that of a wrong name carries the whole certificate.
  return new MlflowAuthError("SERVER_TLS", `no secure connection to ${server}: ${what}`, {
    server,
    remedy: remedies[kind] ?? "check the certificates of both sides",
    cause: Object.assign(new Error(code), { code }),
  });
}
