/** What Vault said: how its answers are read, and what its refusals mean. None of its words is repeated. */
import type { MlflowAuthError, PluginContext } from "@mlflow-auth/core/plugin";
import type { VaultOptions } from "./generated/options.js";

/** One answer, of whatever status. */
export interface VaultAnswer {
  readonly status: number;
  /** The parsed JSON; undefined if there was none, as where the address is not Vault's. */
  readonly body: unknown;
}

/** A field of a JSON object; undefined where there is none, or null. */
export function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name] ?? undefined;
}

/** Vault's own words: to judge by, never to repeat, for they may quote a request. */
export function errorText(body: unknown): string {
  const errors = field(body, "errors");
  return Array.isArray(errors) ? errors.filter((error) => typeof error === "string").join("\n") : "";
}

/** Vault (seen with 1.18) tells a token that it does not know from one without permission. */
export function isInvalidToken({ status, body }: VaultAnswer): boolean {
  return status === 403 && /invalid token|bad token/i.test(errorText(body));
}

/** Milliseconds left of an answer's `lease_duration`; undefined for one without an end. Counted from when Vault was asked. */
export function leaseOf(answer: unknown, elapsed: number): number | undefined {
  const seconds = field(answer, "lease_duration");
  if (typeof seconds !== "number" || seconds <= 0) return undefined;
  return Math.max(0, seconds * 1000 - elapsed);
}

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
    remedy: `check that address (VAULT_ADDR) is Vault's, auth.mount with \`vault auth list\`, the network that the role is bound to, and ${namespaceHint(options)}`,
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

/** What is wrong with the server as a whole, whatever it was asked; undefined if it answered as a working Vault does. */
export function serverFault(
  { status, body }: VaultAnswer,
  { address }: VaultOptions,
  context: PluginContext,
): MlflowAuthError | undefined {
  const told = errorText(body);
  const fault = (message: string, remedy: string, transient: boolean) =>
    context.error("SECRET_UNREACHABLE", `Vault at ${address} ${message}`, { remedy, transient });
  if (/not (?:yet )?(?:been )?initiali[sz]ed/i.test(told) || status === 501) {
    return fault("is not initialised", "initialise it: `vault operator init`", true);
  }
  if (/sealed/i.test(told) && status >= 500) {
    return fault("is sealed", "have it unsealed: `vault operator unseal`; `vault status` shows whether it is", true);
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
    return fault("gets too many requests (status 429)", "wait, or have the rate limit quota raised", true);
  if (status === 412 || (status === 400 && /upgrading/i.test(told))) {
    return fault("is not up to date yet", "wait a moment: it is replicating, or upgrading the mount", true);
  }
  if (status >= 500) return fault(`fails (status ${status})`, "see Vault's log, and `vault status`", true);
  const below = pathOf(address);
  if (/\/v1$/.test(below) && (status === 403 || status === 404)) {
    // Vault takes the second of /v1/v1/… for a mount, which nobody may read.
    const remedy = "leave /v1 out of address (VAULT_ADDR), unless a proxy in front of it wants that path";
    return fault(`was asked below /v1 of its API, which is no place (status ${status})`, remedy, false);
  }
  if (body === undefined) {
    const https = address.toLowerCase().startsWith("http:") ? " If it speaks TLS there, write https://." : "";
    if (below !== "") {
      const remedy = `leave ${below} out of address (VAULT_ADDR): that is Vault's own, without its API's /v1 and its pages' /ui, unless a proxy in front of it wants that path.${https}`;
      return fault(`does not answer as Vault does (status ${status}, no JSON)`, remedy, false);
    }
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

/** What an address has behind the host, without slashes at the end: mostly a slip, for few put Vault below a path. */
function pathOf(address: string): string {
  return (URL.parse(address)?.pathname ?? "").replace(/\/+$/, "");
}

/** What to check where Vault may have looked in another namespace, as the end of a sentence. */
export const namespaceHint = ({ namespace }: VaultOptions) =>
  namespace === undefined
    ? "on Vault Enterprise or HCP set namespace (VAULT_NAMESPACE)"
    : "that namespace (VAULT_NAMESPACE) is the right one";
