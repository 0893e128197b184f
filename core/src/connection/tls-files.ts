/**
 * The certificates of TLS options: read from their files, judged, and read again as they change, for short-lived ones are replaced
 * while programs run. The one judge for listed servers and for the backends of plugins.
 */
import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import type { ServerTls } from "../config/config.js";
import { type ErrorDetails, MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { readSmallTextSync } from "../files/small-file.js";
import type { TlsOptionNames, TlsOptions } from "../provider/context.js";
import { type NamedAuthorities, readNamedAuthorities } from "./named-authorities.js";

/** In PEM. */
export interface Pems {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** Where a variable of other programs names `ca`: what that comes to. */
  readonly named?: NamedAuthorities | undefined;
}

/** Whose TLS options these are, for errors. */
export interface TlsOwner {
  readonly names: TlsOptionNames;
  readonly details: Pick<ErrorDetails, "server" | "plugin">;
}

/** Bytes of one file: a bundle with every authority of the system has 250 KiB. */
const MAX_BYTES = 4 * 1024 * 1024;

const parts = { ca: "CA file", cert: "client certificate", key: "client key" } as const;
type Part = keyof typeof parts;

/** The `tls` of a listed server. */
export function tlsOfServer(server: string): TlsOwner {
  const names = {
    ca: `tls.ca (or MLFLOW_TRACKING_SERVER_CERT_PATH, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, SSL_CERT_FILE) of ${server}`,
    cert: `tls.cert (MLFLOW_TRACKING_CLIENT_CERT_PATH) of ${server}`,
    key: `tls.key of ${server}`,
  };
  return { names, details: { server } };
}

/** The TLS options of a plugin instance, as far as the plugin does not say what they are called. */
export function tlsOfPlugin(instance: string, names: Partial<TlsOptionNames> | undefined): TlsOwner {
  const all = `the TLS options of plugins.${instance}`;
  return { names: { ca: all, cert: all, key: all, ...names }, details: { plugin: instance } };
}

const isPem = (value: string) => value.startsWith("-----BEGIN");

/** Whether any of the options is a path, and not PEM itself. */
export function namesFiles(tls: TlsOptions): boolean {
  return [tls.ca, tls.cert, tls.key].some((value) => value !== undefined && !isPem(value));
}

/**
 * @param tls PEM texts, or paths of PEM files
 * @param last what was read last time; the same object is given again if nothing has changed
 * @throws MlflowAuthError `TLS_FILE` for a file that can't be read or used; it quotes nothing of it
 */
export function readPems(tls: ServerTls, owner: TlsOwner, last?: Pems): Pems {
  const named = tls.caVariable === undefined ? undefined : readNamed(tls, owner, last?.named);
  const ca = named === undefined ? readPem("ca", tls, owner) : named.pem;
  const pems = { ca, cert: readPem("cert", tls, owner), key: readPem("key", tls, owner), ...(named && { named }) };
  if (last !== undefined && last.ca === pems.ca && last.cert === pems.cert && last.key === pems.key) return last;
  check(pems, tls, owner);
  return pems;
}

/**
 * Why the authorities that a variable of other programs names for a server are not used, as the beginning of a sentence; undefined where
 * they are, and where none is named.
 */
export function unusedAuthorities(tls: ServerTls | undefined): string | undefined {
  if (tls?.caVariable === undefined || tls.ca === undefined) return undefined;
  const { why } = readNamedAuthorities(tls.ca, MAX_BYTES);
  return why && unused(tls, why);
}

const unused = ({ ca, caVariable }: ServerTls, why: string) => `${caVariable} names ${ca}, which ${why}`;

/** What to tell of it before anything has failed. */
export function unusedAuthoritiesWarning(unused: string): string {
  return `${unused}: the usual authorities are trusted in its place. Try this: correct it or unset it, or set \`tls: { ca: FILE }\` of the server`;
}

/** What ends the words about a certificate that was not accepted, where these authorities may have been meant for it. */
export function unusedAuthoritiesNote(tls: ServerTls, { named }: Pems): string | undefined {
  return named?.why && `; ${unused(tls, named.why)}, so that it is not used: correct it or unset it`;
}

/** @throws MlflowAuthError `TLS_FILE` where it could be used a moment ago: that stays in use then */
function readNamed(tls: ServerTls, { details }: TlsOwner, last: NamedAuthorities | undefined): NamedAuthorities {
  const named = readNamedAuthorities(tls.ca as string, MAX_BYTES, last);
  if (named.why === undefined || last?.pem === undefined) return named;
  throw new MlflowAuthError("TLS_FILE", unused(tls, named.why), details);
}

function readPem(part: Part, tls: TlsOptions, owner: TlsOwner): string | undefined {
  const value = tls[part];
  if (value === undefined || isPem(value)) return value;
  const fault = (why: string) =>
    faulty(
      `the ${parts[part]} ${value} ${why}`,
      `correct ${owner.names[part]}, or the file's permissions and content`,
      owner,
    );
  const read = readSmallTextSync(value, MAX_BYTES);
  if ("reason" in read) throw fault(read.code === undefined ? read.why : `can't be read: ${read.code}`);
  // Other text may stand around it: openssl writes names and attributes there.
  if (!read.text.includes("-----BEGIN ")) throw fault("holds no PEM");
  return read.text;
}

/** Here it can be said which file is wrong; at the first connection it would only be a failed one. */
function check({ ca, cert, key }: Pems, tls: TlsOptions, owner: TlsOwner): void {
  try {
    // A context would take a text without a certificate and trust nobody.
    if (ca !== undefined) new X509Certificate(ca);
  } catch {
    throw faulty(`the ${called("ca", tls)} holds no certificate that can be used`, `correct ${owner.names.ca}`, owner);
  }
  if (cert === undefined && key === undefined) return;
  try {
    createSecureContext({ cert, key });
  } catch (thrown) {
    const apart = (thrown as NodeJS.ErrnoException).code === "ERR_OSSL_X509_KEY_VALUES_MISMATCH";
    const what = apart ? "don't belong together" : "can't be used";
    const key = called("key", tls).replace(/^client /, "");
    throw faulty(
      `the ${called("cert", tls)} and the ${key} ${what}`,
      `correct ${owner.names.cert} and ${owner.names.key}: PEM, the key without a passphrase`,
      owner,
    );
  }
}

/** By its path; PEM that was given as text has none. */
function called(part: Part, tls: TlsOptions): string {
  const value = tls[part];
  return value === undefined || isPem(value) ? parts[part] : `${parts[part]} ${value}`;
}

function faulty(message: string, remedy: string, { details }: TlsOwner): MlflowAuthError {
  return new MlflowAuthError("TLS_FILE", message, { ...details, remedy });
}
