/** No answer came from Vault: why, and what to do about it. */
import type { MlflowAuthError, PluginContext } from "@mlflow-auth/core/plugin";
import type { VaultOptions } from "./generated/options.js";

const clientCertificate = "tls.certFile and tls.keyFile (VAULT_CLIENT_CERT, VAULT_CLIENT_KEY)";

/** By codes of Node and OpenSSL. */
const tlsRemedies: readonly (readonly [codes: RegExp, remedy: string])[] = [
  [
    /ALERT/,
    `Vault, or what stands in front of it, wants another client certificate: give ${clientCertificate}, valid and from an authority that it trusts`,
  ],
  [/EXPIRED|NOT_YET_VALID/, "have Vault's certificate renewed, and check the clock of this machine"],
  [/ALTNAME/, "in address (VAULT_ADDR) use a name that Vault's certificate was issued for"],
  [/PURPOSE/, "have Vault given a certificate for servers: the one it has is for another purpose"],
  [
    /WRONG_VERSION|PACKET_LENGTH/,
    "nothing speaks TLS there: correct the port of address (VAULT_ADDR), or write http:// if that Vault speaks no TLS",
  ],
  [/(?:)/, "give the authority that signed Vault's certificate in tls.caFile (VAULT_CACERT)"],
];

/** Core's error in Vault's terms. */
export function unreachable(error: MlflowAuthError, options: VaultOptions, context: PluginContext): MlflowAuthError {
  if (error.code !== "SECRET_UNREACHABLE") return error;
  const remedy = isTlsFault(error)
    ? (tlsRemedies.find(([codes]) => codes.test(codeOf(error)))?.[1] as string)
    : `check address (VAULT_ADDR), and from this machine: vault status${hangUpHint(error, options)}`;
  const message = `Vault does not answer: ${error.message}`;
  return context.error("SECRET_UNREACHABLE", message, { remedy, transient: error.transient });
}

/** With TLS 1.3 a server that wants another client certificate hangs up after the handshake, and no code says why. */
function hangUpHint(error: MlflowAuthError, { address, tls }: VaultOptions): string {
  const hungUp = /^(UND_ERR_SOCKET|ECONNRESET|EPIPE)$/.test(codeOf(error));
  if (!hungUp || !address.toLowerCase().startsWith("https:")) return "";
  return tls.certFile === undefined
    ? `. If Vault wants a client certificate, give ${clientCertificate}`
    : `. Check that Vault accepts the client certificate in ${clientCertificate}: its authority, and that it has not expired`;
}

/** Whether TLS failed for a reason that the next attempt will meet again. */
export function isTlsFault(error: MlflowAuthError): boolean {
  return /CERT|ISSUER|SIGNATURE|PURPOSE|ALTNAME|SSL|TLS/.test(codeOf(error));
}

function codeOf(error: MlflowAuthError): string {
  return String((error.cause as { code?: string } | undefined)?.code);
}
