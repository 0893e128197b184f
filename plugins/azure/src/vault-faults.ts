/** What a vault's refusals and its silence mean, and what to do about each. None repeats the words of Azure. */
import {
  connectionFailureOf,
  type HttpResponse,
  isMlflowAuthError,
  type MlflowAuthError,
  type PluginContext,
} from "@mlflow-auth/core/plugin";
import { challengeFault } from "./challenge.js";
import type { Authority } from "./clouds.js";
import type { AzureOptions } from "./generated/options.js";
import { forbidden, notFound, type VaultError } from "./secret-faults.js";
import { errorOf, type Fault, named, vaultNameOf, where } from "./tell-fault.js";

/** What an answer of the vault means where it is no secret; undefined for one that the SDK can go on with. */
export function vaultAnswerFault(
  answer: HttpResponse,
  { url, headers }: { readonly url: string; readonly headers: { has(name: string): boolean } },
  { options, authority, context }: { options: AzureOptions; authority: Authority; context: PluginContext },
): MlflowAuthError | undefined {
  const { status } = answer;
  if (status === 401) {
    const asked = [answer.headers["www-authenticate"]].flat().join(", ");
    const fault = challengeFault(asked === "" ? undefined : asked, options.vaultUrl, authority, context);
    if (fault !== undefined || (asked !== "" && !headers.has("authorization"))) return fault;
    return isContinued(asked) ? undefined : errorOf(tokenRefused(answer, options), context);
  }
  const isSecret = new URL(url).pathname.startsWith("/secrets/");
  const fault = status === 200 ? formFault(answer, isSecret, options) : refusalFault(answer, options);
  return fault && errorOf(fault, context);
}

/** Why there was no answer: of names that nobody has, what that says of the vault; else as core says it. */
export function vaultConnectionFault(thrown: unknown, { vaultUrl }: AzureOptions, context: PluginContext): unknown {
  if (!isMlflowAuthError(thrown)) return thrown;
  const { kind, what } = connectionFailureOf(thrown);
  if (kind !== "unknown-host") return thrown;
  return errorOf(
    {
      code: "SECRET_UNREACHABLE",
      message: `there is no vault at ${vaultUrl}: ${what}`,
      remedy: `check vaultUrl (AZURE_KEY_VAULT_URL), DNS and the VPN: az keyvault show --name ${vaultNameOf(vaultUrl)}; a deleted one comes back with az keyvault recover`,
      transient: true,
    },
    context,
  );
}

/** A challenge to log in once more (continuous access evaluation), which the SDK answers by itself. */
const isContinued = (challenge: string) => /error="insufficient_claims"/.test(challenge) && /claims="/.test(challenge);

function tokenRefused(answer: HttpResponse, { vaultUrl }: AzureOptions): Fault {
  const { message } = vaultErrorOf(answer);
  if (/AKV10032|issuer/i.test(message)) {
    return {
      code: "LOGIN_FAILED",
      message: "the vault belongs to another tenant than this login",
      remedy: `log in to the vault's tenant: az keyvault show --name ${vaultNameOf(vaultUrl)} --query properties.tenantId`,
    };
  }
  return {
    code: "LOGIN_FAILED",
    message: "the vault does not accept the token that this login brought",
    remedy: "check vaultUrl (AZURE_KEY_VAULT_URL), the tenant of the login, and the clock of this machine",
  };
}

function formFault(answer: HttpResponse, isSecret: boolean, options: AzureOptions): Fault | undefined {
  const { id, value, attributes } = (jsonOf(answer.text) ?? {}) as Record<string, unknown>;
  if (!/^https:\/\/[^/\s]+\/secrets\/[^/\s]+(?:\/[^/\s]*)?$/.test(String(id)) || !hasDates(attributes)) {
    return notAVault(answer, options);
  }
  if (!isSecret || typeof value === "string") return undefined;
  return {
    code: "SECRET_FORMAT",
    message: `${named(options)} holds no text`,
    remedy: `store the credential there: az keyvault secret set ${where(options)} --file FILE`,
  };
}

/** Seconds beyond which there is no date. */
const LAST_SECOND = 8_640_000_000_000;

/** Whether both ends of its life, as far as they are there, are times: the SDK takes them as they come. */
function hasDates(attributes: unknown): boolean {
  const { nbf, exp } = (attributes ?? {}) as Record<string, unknown>;
  return [nbf, exp].every((time) => time == null || (typeof time === "number" && Math.abs(time) <= LAST_SECOND));
}

function refusalFault(answer: HttpResponse, options: AzureOptions): Fault {
  const { status } = answer;
  const told = vaultErrorOf(answer);
  const { vaultUrl } = options;
  if (status === 429 || told.code === "Throttled") {
    return {
      code: "SECRET_UNREACHABLE",
      message: "the vault gets too many requests (throttled)",
      remedy: "wait, raise cache.ttl, or spread the clients over several vaults",
      transient: true,
    };
  }
  if (status === 408 || status >= 500) {
    return {
      code: "SECRET_UNREACHABLE",
      message: `the vault fails (status ${status})`,
      remedy: "wait; https://status.azure.com shows the state of Key Vault",
      transient: true,
    };
  }
  if (status >= 300 && status < 400) {
    return {
      code: "SECRET_UNREACHABLE",
      message: `${vaultUrl} redirects (status ${status}), which is not followed`,
      remedy: "check vaultUrl (AZURE_KEY_VAULT_URL), and what stands in front of the vault",
    };
  }
  if (told.code === "") return notAVault(answer, options);
  if (status === 403) return forbidden(told, options);
  if (status === 404) return notFound(options);
  if (status === 409) {
    return {
      code: "SECRET_NOT_FOUND",
      message: `${named(options)} is being deleted or recovered`,
      remedy: "wait a moment; az keyvault secret show says when it is there again",
      transient: true,
    };
  }
  if (status === 400) {
    return {
      code: "SECRET_NOT_FOUND",
      message: `the vault does not take the name or the version of ${named(options)}`,
      remedy: "check secret.name and secret.version",
    };
  }
  return notAVault(answer, options);
}

function notAVault({ status }: HttpResponse, { vaultUrl }: AzureOptions): Fault {
  return {
    code: "SECRET_UNREACHABLE",
    message: `${vaultUrl} does not answer as Key Vault does (status ${status})`,
    remedy: "check vaultUrl (AZURE_KEY_VAULT_URL), and what stands in front of the vault",
  };
}

function vaultErrorOf({ text }: HttpResponse): VaultError {
  const error = (jsonOf(text) as { error?: unknown } | null | undefined)?.error as Record<string, unknown> | undefined;
  const inner = error?.["innererror"] as { code?: unknown } | undefined;
  const told = (value: unknown) => (typeof value === "string" ? value : "");
  return { code: told(error?.["code"]), inner: told(inner?.code), message: told(error?.["message"]) };
}

/** Undefined for what is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
