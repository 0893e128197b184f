/** What Vault's refusals and its silence mean, and what to do about each. None repeats the words of Vault. */
import {
  type ConnectionFailureKind,
  connectionFailureOf,
  type MlflowAuthError,
  type PluginContext,
  type TlsOptionNames,
} from "@mlflow-auth/core/plugin";
import { errorText, field, isInvalidToken, type Reading, type VaultAnswer } from "./answer.js";
import type { VaultOptions } from "./generated/options.js";

/** What a way of logging in makes of Vault's rejection. */
export interface LoginRejection {
  readonly message: string;
  readonly remedy: string;
}

/**
 * Why a login failed.
 *
 * @param method where it is mounted, and what it knows of Vault's answers: undefined where they say nothing particular to it
 */
export function loginFault(
  answer: VaultAnswer,
  { mount, rejection }: { mount: string; rejection(answer: VaultAnswer): LoginRejection | undefined },
  options: VaultOptions,
  context: PluginContext,
): MlflowAuthError {
  const fault = serverFault(answer, options, context);
  if (fault !== undefined) return fault;
  const { message, remedy } = rejection(answer) ?? {
    message: `Vault offers no login at auth/${mount} to this client (status ${answer.status})`,
    remedy: `check that address (VAULT_ADDR) is Vault's, auth.mount with vault auth list, the network that the role is bound to, and ${namespaceHint(options)}`,
  };
  return context.error("LOGIN_FAILED", message, { remedy });
}

/** A login that was answered with success but brought no token. */
export function noToken(answer: VaultAnswer, mount: string, context: PluginContext): MlflowAuthError {
  const asksMore = field(field(answer.body, "auth"), "mfa_requirement") !== undefined;
  return asksMore
    ? context.error("LOGIN_FAILED", `Vault wants a second factor for auth/${mount}`, {
        remedy: "use a role for machines, without multi-factor enforcement",
      })
    : context.error("LOGIN_FAILED", `Vault's answer to the login at auth/${mount} holds no token`, {
        remedy: "check that address (VAULT_ADDR) is Vault's, and not that of something in front of it",
      });
}

/**
 * Why a secret could not be read.
 *
 * @param given where the token stands that it was read with; undefined where the plugin logged in itself
 */
export function readFault(
  reading: Reading,
  given: string | undefined,
  options: VaultOptions,
  context: PluginContext,
): MlflowAuthError {
  const { answer, apiPath, name } = reading;
  if (options.secret.version !== undefined && reading.kvVersion === 1) {
    const message = `secret.version is set, and the mount of ${name} is KV version 1, which keeps no versions`;
    return context.error("SECRET_NOT_FOUND", message, { remedy: "leave out secret.version" });
  }
  const fault = serverFault(answer, options, context);
  if (fault !== undefined) return fault;
  if (answer.status === 403 && isInvalidToken(answer)) {
    const place = given === undefined ? "" : ` in ${given}`;
    const replace = given === undefined ? "get a new one" : `put a new one into ${given}`;
    return context.error(
      "LOGIN_FAILED",
      `Vault does not accept the token${place}: it expired, was revoked, or is another Vault's`,
      {
        remedy: `${replace} (vault login, or vault token create), or let the plugin log in itself, for example with auth.method: approle`,
      },
    );
  }
  if (answer.status === 401 || answer.status === 403) {
    return context.error("SECRET_DENIED", `Vault denied reading ${name} (status ${answer.status})`, {
      remedy: `give the token a policy with: path "${apiPath}" { capabilities = ["read"] }. Vault says the same where there is no such mount: check secret.mount with vault secrets list, and ${namespaceHint(options)}`,
    });
  }
  if (answer.status === 404) return notFound(reading, options, context);
  const remedy = "check secret.mount and secret.path: the mount must be a KV engine (vault secrets list)";
  return answer.status === 200
    ? context.error("SECRET_FORMAT", `what Vault has at ${name} holds no secret`, { remedy })
    : context.error("SECRET_NOT_FOUND", `Vault can't read ${name} (status ${answer.status})`, { remedy });
}

function notFound(reading: Reading, options: VaultOptions, context: PluginContext): MlflowAuthError {
  const { answer, mount, path, name } = reading;
  const metadata = field(field(answer.body, "data"), "metadata");
  const version = field(metadata, "version");
  const which = Number.isInteger(version) ? `version ${version}` : "the newest version";
  const missing = (message: string, remedy: string) => context.error("SECRET_NOT_FOUND", message, { remedy });
  const pinned = options.secret.version;
  const instead =
    pinned === undefined
      ? `write a new one: vault kv put -mount=${mount} ${path} token=-`
      : "set another secret.version, or none";
  if (field(metadata, "destroyed") === true) return missing(`${which} of ${name} was destroyed for good`, instead);
  if (metadata !== undefined) {
    const undelete = Number.isInteger(version)
      ? `bring it back: vault kv undelete -versions=${version} -mount=${mount} ${path}, or `
      : "";
    return missing(`${which} of ${name} was deleted`, `${undelete}${instead}`);
  }
  if (/no handler for route/.test(errorText(answer.body))) {
    return missing(
      `Vault has no secrets engine mounted at ${mount}`,
      `check secret.mount with vault secrets list, and ${namespaceHint(options)}`,
    );
  }
  if (pinned !== undefined) {
    return missing(
      `Vault has no version ${pinned} of ${name}`,
      `check secret.version and secret.path: vault kv metadata get -mount=${mount} ${path}`,
    );
  }
  if (path === mount || path.startsWith(`${mount}/`)) {
    return missing(`Vault has no secret ${name}`, "secret.path goes without the mount, which is secret.mount");
  }
  return missing(
    `Vault has no secret ${name}`,
    `check secret.mount and secret.path; to write it: vault kv put -mount=${mount} ${path} token=-`,
  );
}

/** What is wrong with the server as a whole, whatever it was asked; undefined if it answered as a working Vault does. */
function serverFault(
  { status, body }: VaultAnswer,
  { address }: VaultOptions,
  context: PluginContext,
): MlflowAuthError | undefined {
  const told = errorText(body);
  const fault = (message: string, remedy: string, transient: boolean) =>
    context.error("SECRET_UNREACHABLE", `Vault at ${address} ${message}`, { remedy, transient });
  if (/not (?:yet )?(?:been )?initiali[sz]ed/i.test(told) || status === 501) {
    return fault("is not initialised", "initialise it: vault operator init", true);
  }
  if (/sealed/i.test(told) && status >= 500) {
    return fault("is sealed", "have it unsealed: vault operator unseal; vault status shows whether it is", true);
  }
  if (status === 307 || status === 308 || /not active|standby/i.test(told) || status === 472 || status === 473) {
    const remedy =
      "set address (VAULT_ADDR) to the active node or its load balancer: a redirect would carry the token along";
    return fault("is a standby that sends clients elsewhere", remedy, true);
  }
  if (status >= 300 && status < 400) {
    return fault(
      `redirects (status ${status}), which is not followed`,
      "set address (VAULT_ADDR) to Vault itself",
      false,
    );
  }
  if (status === 429)
    return fault("has too many requests (status 429)", "wait, or have the rate limit quota raised", true);
  if (status === 412 || (status === 400 && /upgrading/i.test(told))) {
    return fault("is not up to date yet", "wait a moment: it is replicating, or upgrading the mount", true);
  }
  if (status >= 500) return fault(`fails (status ${status})`, "see Vault's log, and vault status", true);
  if (body === undefined) {
    const https = address.toLowerCase().startsWith("http:") ? " If it speaks TLS there, write https://." : "";
    return fault(
      `does not answer as Vault does (status ${status}, no JSON)`,
      `check address (VAULT_ADDR): something else answers there, or a proxy in front of it.${https}`,
      false,
    );
  }
  const known =
    status === 200 || status === 400 || status === 401 || status === 403 || status === 404 || status === 405;
  return known ? undefined : fault(`gave an unknown answer (status ${status})`, "check address (VAULT_ADDR)", false);
}

const namespaceHint = ({ namespace }: VaultOptions) =>
  namespace === undefined
    ? "on Vault Enterprise or HCP set namespace (VAULT_NAMESPACE)"
    : "that namespace (VAULT_NAMESPACE) is the right one";

/** What the plugin's options of TLS files are called. */
export const tlsNames: TlsOptionNames = {
  ca: "tls.caFile (VAULT_CACERT)",
  cert: "tls.certFile (VAULT_CLIENT_CERT)",
  key: "tls.keyFile (VAULT_CLIENT_KEY)",
};

const clientCertificate = "tls.certFile and tls.keyFile (VAULT_CLIENT_CERT, VAULT_CLIENT_KEY)";
const renewed = "have Vault's certificate renewed, and check the clock of this machine";

/** What to do about a failure of TLS. For those that are not listed: name the authority. */
const tlsRemedies: Readonly<Partial<Record<ConnectionFailureKind, string>>> = {
  "client-certificate": `Vault, or a proxy in front of it, wants another client certificate: give ${clientCertificate}, valid and from an authority that it trusts`,
  expired: renewed,
  "not-yet-valid": renewed,
  "other-name": "in address (VAULT_ADDR) use a name that Vault's certificate was issued for",
  "other-purpose": "have Vault given a certificate for servers: the one it has is for another purpose",
  "no-tls":
    "nothing speaks TLS there: correct the port of address (VAULT_ADDR), or write http:// if that Vault speaks no TLS",
};

/** No answer came from Vault, or a TLS file kept it from being asked: core's error in Vault's terms. */
export function unanswered(error: MlflowAuthError, options: VaultOptions, context: PluginContext): MlflowAuthError {
  const { code, message, remedy, transient } = error;
  if (code === "TLS_FILE") return context.error("SECRET_SOURCE", message, { remedy });
  if (code !== "SECRET_UNREACHABLE") return error;
  const { isTls, kind } = connectionFailureOf(error);
  const byKind = (kind && tlsRemedies[kind]) ?? `give the authority that signed Vault's certificate in ${tlsNames.ca}`;
  const check = `check address (VAULT_ADDR), and from this machine: vault status${kind === "hung-up" ? hangUpHint(options) : ""}`;
  return context.error("SECRET_UNREACHABLE", `Vault does not answer: ${message}`, {
    remedy: isTls ? byKind : check,
    transient,
  });
}

/** With TLS 1.3 a server that wants another client certificate hangs up after the handshake, and no code says why. */
function hangUpHint({ address, tls }: VaultOptions): string {
  if (!address.toLowerCase().startsWith("https:")) return "";
  return tls.certFile === undefined
    ? `. If Vault wants a client certificate, give ${clientCertificate}`
    : `. Check that Vault accepts the client certificate in ${clientCertificate}: its authority, and that it has not expired`;
}
