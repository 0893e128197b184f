/** What is wrong with a secret, or with who may read it, and what to do about each. None of Azure's words is repeated. */
import type { AzureOptions } from "./generated/options.js";
import { type Fault, named, vaultNameOf, where } from "./tell-fault.js";

/** As Key Vault writes its refusals: to judge by, never to repeat. */
export interface VaultError {
  /** `Forbidden`, `SecretNotFound`. */
  readonly code: string;
  /** The reason behind a `Forbidden`; not all vaults give it. */
  readonly inner: string;
  readonly message: string;
}

/** Why the vault denied reading it. */
export function forbidden({ inner, message }: VaultError, options: AzureOptions): Fault {
  const { secret, vaultUrl } = options;
  const denied = (what: string, remedy: string): Fault => ({ code: "SECRET_DENIED", message: what, remedy });
  if (/disabled secret/i.test(message) || inner === "SecretDisabled") {
    const remedy = `enable it: az keyvault secret set-attributes ${where(options)} --enabled true; or name another secret.version`;
    return denied(`${named(options)} is disabled`, remedy);
  }
  if (/not yet valid|before its nbf|NotYetValid/i.test(`${inner} ${message}`)) return notYetValid(undefined, options);
  if (/expired/i.test(`${inner} ${message}`)) return hasExpired(undefined, options);
  if (/client address|public network access|private link|trusted service|firewall/i.test(`${inner} ${message}`)) {
    return denied(
      `the firewall of the vault lets nobody read ${named(options)} from here`,
      `allow this network: az keyvault network-rule add --name ${vaultNameOf(vaultUrl)} --ip-address ADDRESS; or come in by the vault's private endpoint`,
    );
  }
  if (inner === "ForbiddenByRbac" || /perform action|role assignment/i.test(message)) {
    return denied(
      `no role lets this login read ${named(options)}`,
      `give it the role "Key Vault Secrets User" on the vault or on the secret ${secret.name}; it takes up to ten minutes to count`,
    );
  }
  return denied(
    `the vault denied reading ${named(options)}`,
    `allow this login to get secrets: az keyvault set-policy --name ${vaultNameOf(vaultUrl)} --spn CLIENT_ID --secret-permissions get; with roles in place of policies, give it "Key Vault Secrets User"`,
  );
}

/** There is none, as far as the vault says unasked. */
export function notFound(options: AzureOptions): Fault {
  const { secret, vaultUrl } = options;
  return {
    code: "SECRET_NOT_FOUND",
    message:
      secret.version === undefined
        ? `the vault has no secret ${secret.name}`
        : `the vault has no secret ${secret.name}, or not its version ${secret.version}`,
    remedy:
      secret.version === undefined
        ? `check secret.name: az keyvault secret list --vault-name ${vaultNameOf(vaultUrl)}`
        : `check secret.name and secret.version: az keyvault secret list-versions ${where(options)}`,
  };
}

/** A secret that can be had back. */
export function softDeleted(options: AzureOptions): Fault {
  return {
    code: "SECRET_NOT_FOUND",
    message: `the secret ${options.secret.name} was deleted`,
    remedy: `bring it back: az keyvault secret recover ${where(options)}`,
  };
}

/** @param from when it begins to be valid */
export function notYetValid(from: Date | undefined, options: AzureOptions): Fault {
  return {
    code: "SECRET_EXPIRED",
    message: `${named(options)} is not valid yet${from === undefined ? "" : `: it begins ${from.toISOString()}`}`,
    remedy: `compare this machine's clock; or change its beginning: az keyvault secret set-attributes ${where(options)} --not-before DATE`,
    transient: true,
  };
}

/** @param at when it ended */
export function hasExpired(at: Date | undefined, options: AzureOptions): Fault {
  return {
    code: "SECRET_EXPIRED",
    message: `${named(options)} expired${at === undefined ? "" : ` ${at.toISOString()}`}`,
    remedy: `store a new version with a later end: az keyvault secret set ${where(options)} --file FILE --expires DATE; or compare this machine's clock`,
    transient: true,
  };
}
