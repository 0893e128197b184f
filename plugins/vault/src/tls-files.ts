/** The PEM files of `tls`, read again each time: they may be replaced while the program runs. */
import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import type { PluginContext, TlsOptions } from "@mlflow-auth/core/plugin";
import type { VaultOptions } from "./generated/options.js";

export type Pems = Pick<TlsOptions, "ca" | "cert" | "key">;

/**
 * @param last what was read last time; the same object is given again if nothing has changed
 * @throws MlflowAuthError `SECRET_SOURCE` for a file that can't be read or used; it quotes nothing of it
 */
export async function readPems({ tls }: VaultOptions, context: PluginContext, last: Pems | undefined): Promise<Pems> {
  const [ca, cert, key] = await Promise.all([
    readPem("CA file", tls.caFile, "tls.caFile (VAULT_CACERT)", context),
    readPem("client certificate", tls.certFile, "tls.certFile (VAULT_CLIENT_CERT)", context),
    readPem("client key", tls.keyFile, "tls.keyFile (VAULT_CLIENT_KEY)", context),
  ]);
  if (last !== undefined && last.ca === ca && last.cert === cert && last.key === key) return last;
  const pems = { ca, cert, key };
  check(pems, tls, context);
  return pems;
}

async function readPem(
  what: string,
  file: string | undefined,
  option: string,
  context: PluginContext,
): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const refused = (why: string) =>
    context.error("SECRET_SOURCE", `the ${what} ${file} ${why}`, {
      remedy: `correct ${option}, or the file's permissions and content`,
    });
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw refused(`can't be read: ${error.code ?? "unknown reason"}`);
  });
  // What stands before it is for people: openssl writes names and attributes there.
  const start = text.indexOf("-----BEGIN ");
  if (start === -1) throw refused("holds no PEM");
  return text.slice(start);
}

/** Here it can be said which files are wrong; at the first connection it would only be a failed one. */
function check({ ca, cert, key }: Pems, { caFile, certFile, keyFile }: VaultOptions["tls"], context: PluginContext) {
  const refused = (message: string, remedy: string) => context.error("SECRET_SOURCE", message, { remedy });
  try {
    if (ca !== undefined) new X509Certificate(ca);
  } catch {
    throw refused(`the CA file ${caFile} holds no certificate that can be used`, "correct tls.caFile (VAULT_CACERT)");
  }
  if (cert === undefined || key === undefined) return;
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const apart = (error as NodeJS.ErrnoException).code === "ERR_OSSL_X509_KEY_VALUES_MISMATCH";
    throw refused(
      `the client certificate ${certFile} and the key ${keyFile} ${apart ? "don't belong together" : "can't be used"}`,
      "correct tls.certFile and tls.keyFile (VAULT_CLIENT_CERT, VAULT_CLIENT_KEY): PEM, the key without a passphrase",
    );
  }
}
