/** A connection to a listed server that TLS did not let come about: why, and what to do about it. */
import { isMlflowAuthError, MlflowAuthError } from "../errors/mlflow-auth-error.js";

const authority =
  "set `tls: { ca: FILE }` of that server (or MLFLOW_TRACKING_SERVER_CERT_PATH) to the PEM file of the authority that signed its certificate";

/** By codes of Node and OpenSSL; the first that fits. */
const faults: readonly (readonly [code: RegExp, what: string, remedy: string])[] = [
  [/^CERT_HAS_EXPIRED$/, "its certificate has expired", "have it renewed, and check the clock of this machine"],
  [/^CERT_NOT_YET_VALID$/, "its certificate is not valid yet", "check the clock of this machine"],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$|^HOSTNAME_MISMATCH$/,
    "its certificate is for another name",
    "use the name that it was issued for, or have one issued for this name",
  ],
  [/^DEPTH_ZERO_SELF_SIGNED_CERT$/, "its certificate is self-signed", authority],
  [
    /^(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(VERIFY|GET_ISSUER).*|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE)$/,
    "its certificate comes from an authority that is not trusted here",
    authority,
  ],
  [
    /^ERR_SSL_.*ALERT.*(CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE)/,
    "it did not accept the client certificate, or the lack of one",
    "set `tls: { cert: FILE, key: FILE }` of that server (or MLFLOW_TRACKING_CLIENT_CERT_PATH) to a certificate that it accepts",
  ],
  [
    /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/,
    "nothing speaks TLS there",
    "correct the port of that server's address, or write http:// if it speaks no TLS",
  ],
  [/^(CERT_|ERR_TLS_|ERR_SSL_|INVALID_PURPOSE$)/, "TLS failed", "check the certificates of both sides"],
];

/**
 * A failure of TLS as an error with a remedy. Anything else as it is: programs know the codes of lost connections and act on
 * them.
 */
export function explainTlsFailure(error: Error, server: string): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code !== "string" || isMlflowAuthError(error)) return error;
  for (const [pattern, what, remedy] of faults) {
    if (!pattern.test(code)) continue;
    // Not the original as it is: that of a wrong name carries the whole certificate.
    const cause = Object.assign(new Error(code), { code });
    return new MlflowAuthError("SERVER_TLS", `no secure connection to ${server}: ${what} (${code})`, {
      server,
      remedy,
      cause,
    });
  }
  return error;
}
