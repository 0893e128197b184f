/** The certificates of `tls`, followed as their files change: short-lived ones are replaced while programs run. */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { TlsOptions } from "../provider/context.js";

/** In PEM. */
export interface Pems {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

const parts = {
  ca: "tls.ca (MLFLOW_TRACKING_SERVER_CERT_PATH)",
  cert: "tls.cert (MLFLOW_TRACKING_CLIENT_CERT_PATH)",
  key: "tls.key",
} as const;

const isPem = (value: string) => value.startsWith("-----BEGIN");

export function namesFiles(tls: TlsOptions): boolean {
  return [tls.ca, tls.cert, tls.key].some((value) => value !== undefined && !isPem(value));
}

/**
 * @param tls PEM texts, or paths of PEM files
 * @param last what was read last time; the same object is given again if nothing has changed
 * @throws MlflowAuthError `TLS_FILE` for a file that can't be read or used; it quotes nothing of it
 */
export function readPems(tls: TlsOptions, server: string, last?: Pems): Pems {
  const pems = {
    ca: readPem("ca", tls, server),
    cert: readPem("cert", tls, server),
    key: readPem("key", tls, server),
  };
  if (last !== undefined && last.ca === pems.ca && last.cert === pems.cert && last.key === pems.key) return last;
  check(pems, server);
  return pems;
}

function readPem(part: keyof typeof parts, tls: TlsOptions, server: string): string | undefined {
  const value = tls[part];
  if (value === undefined || isPem(value)) return value;
  const fault = (why: string) =>
    new MlflowAuthError("TLS_FILE", `the file ${value} ${why}`, {
      server,
      remedy: `correct ${parts[part]} of ${server}, or the file's permissions and content`,
    });
  let text: string;
  try {
    text = readFileSync(value, "utf8");
  } catch (thrown) {
    throw fault(`can't be read: ${(thrown as NodeJS.ErrnoException).code ?? "unknown reason"}`);
  }
  if (!text.includes("-----BEGIN ")) throw fault("holds no PEM");
  return text;
}

/** Here it can be said which file is wrong; at the first connection it would only be a failed one. */
function check({ ca, cert, key }: Pems, server: string): void {
  const fault = (message: string, remedy: string) => new MlflowAuthError("TLS_FILE", message, { server, remedy });
  try {
    // A context would take a text without a certificate and trust nobody.
    if (ca !== undefined) new X509Certificate(ca);
  } catch {
    throw fault(`${parts.ca} of ${server} holds no certificate that can be used`, "name a PEM file of the authority");
  }
  if (cert === undefined && key === undefined) return;
  try {
    createSecureContext({ cert, key });
  } catch (thrown) {
    const apart = (thrown as NodeJS.ErrnoException).code === "ERR_OSSL_X509_KEY_VALUES_MISMATCH";
    const what = apart ? "don't belong together" : "can't be used";
    throw fault(
      `the client certificate and the key of ${server} ${what}`,
      `correct ${parts.cert} and ${parts.key}: PEM, the key without a passphrase`,
    );
  }
}
