/** Why a login failed: what Microsoft Entra ID and a managed identity say, and what to do. None of their words is repeated. */
import type { HttpResponse, MlflowAuthError, PluginContext } from "@mlflow-auth/core/plugin";
import { errorOf, type Fault } from "./tell-fault.js";
import { jsonOf } from "./vault-faults.js";

/** A number of Microsoft Entra ID's errors: https://learn.microsoft.com/entra/identity-platform/reference-error-codes. */
type Rule = readonly [codes: RegExp, message: string, remedy: string];

const entra: readonly Rule[] = [
  [
    /^7000215$/,
    "Microsoft Entra ID does not accept the client secret",
    "put the secret's value, not its id, into auth.clientSecret (AZURE_CLIENT_SECRET): az ad app credential list --id CLIENT_ID",
  ],
  [
    /^7000222$/,
    "the client secret has expired",
    "make a new one for auth.clientSecret (AZURE_CLIENT_SECRET): az ad app credential reset --id CLIENT_ID --append",
  ],
  [
    /^(?:700016|7000112|7000218|700011)$/,
    "the tenant has no such application, or it is disabled there",
    "check auth.clientId (AZURE_CLIENT_ID) and auth.tenantId (AZURE_TENANT_ID): az ad app show --id CLIENT_ID",
  ],
  [
    /^(?:90002|900023|90072|900021)$/,
    "Microsoft Entra ID has no such tenant",
    "check auth.tenantId (AZURE_TENANT_ID): az account show --query tenantId; one of another cloud needs authorityHost",
  ],
  [
    /^(?:700027|7000214|700030|50027)$/,
    "Microsoft Entra ID does not accept the certificate",
    "upload the certificate of auth.certificateFile (AZURE_CLIENT_CERTIFICATE_PATH) to the application, or renew it: az ad app credential reset --id CLIENT_ID --cert @FILE --append",
  ],
  [
    /^(?:70021|700211|700212|700213|700236|7002381|700238)$/,
    "the application trusts no such token as the one of the workload",
    "compare issuer, subject and audience of auth.tokenFile (AZURE_FEDERATED_TOKEN_FILE) with the application's federated credentials: az ad app federated-credential list --id CLIENT_ID",
  ],
  [
    /^(?:700024|700082|50013)$/,
    "Microsoft Entra ID refused the login for its time",
    "set the clock of this machine, for example by NTP; a token of the workload may have ended, too",
  ],
  [
    /^(?:500011|650057|500014|65001)$/,
    "the tenant does not know Key Vault, or lets the application have no token for it",
    "check auth.tenantId (AZURE_TENANT_ID) and authorityHost (AZURE_AUTHORITY_HOST)",
  ],
  [
    /^5300\d$/,
    "a policy of the tenant (conditional access) keeps this login out",
    "ask its administrator to let this application in from this network",
  ],
];

/** What an answer to a login means where it brought no token, or told the SDK that looked around nothing; undefined where it did. */
export function loginAnswerFault(
  answer: HttpResponse,
  { method }: { readonly method: string },
  { isIdentity, context }: { isIdentity: boolean; context: PluginContext },
): MlflowAuthError | undefined {
  const { status, text, origin } = answer;
  const body = jsonOf(text) as Record<string, unknown> | null | undefined;
  const who = isIdentity ? "the managed identity's endpoint" : "Microsoft Entra ID";
  if (status === 200) {
    const asksForToken = isIdentity || method === "POST";
    if (typeof body === "object" && (!asksForToken || typeof body?.["access_token"] === "string")) return undefined;
    return errorOf(notEntra(origin, status), context);
  }
  const isSetUp = isIdentity && (status === 404 || status === 410);
  if (status === 429 || status === 408 || status >= 500 || isSetUp) {
    const fails = status === 429 ? "gets too many requests (throttled)" : `fails (status ${status})`;
    const remedy = "wait; https://status.azure.com shows the state of the service";
    return errorOf({ code: "SECRET_UNREACHABLE", message: `${who} ${fails}`, remedy, transient: true }, context);
  }
  if (isIdentity) return errorOf(noIdentity(status), context);
  if (typeof body?.["error"] !== "string") return errorOf(notEntra(origin, status), context);
  return errorOf(entraFault(numberOf(body)), context);
}

/** `7000215` of `AADSTS7000215: …`. */
function numberOf({ error_codes: codes, error_description: told }: Record<string, unknown>): string {
  const [first] = Array.isArray(codes) ? codes : [];
  return typeof first === "number" ? String(first) : (/AADSTS(\d{4,8})/.exec(String(told))?.[1] ?? "");
}

function entraFault(number: string): Fault {
  for (const [codes, message, remedy] of entra) {
    if (codes.test(number)) return { code: "LOGIN_FAILED", message, remedy };
  }
  const known = number === "" ? "" : ` (AADSTS${number})`;
  return {
    code: "LOGIN_FAILED",
    message: `Microsoft Entra ID does not accept this login${known}`,
    remedy: `check auth; ${number === "" ? "the sign-in log of the tenant" : `https://login.microsoftonline.com/error?code=${number}`} says more`,
  };
}

function notEntra(origin: string, status: number): Fault {
  return {
    code: "SECRET_UNREACHABLE",
    message: `${origin} does not answer as a login does (status ${status})`,
    remedy: "check authorityHost (AZURE_AUTHORITY_HOST), and what stands between this machine and it",
  };
}

function noIdentity(status: number): Fault {
  return {
    code: "LOGIN_FAILED",
    message: `this machine has no such managed identity (status ${status})`,
    remedy:
      "assign an identity to the machine, app or container; a user-assigned one is named by auth.clientId: az identity show",
  };
}

/** The SDK takes the tenant from the vault, and asks no other than that of the login. */
export function otherTenant(tenant: string, context: PluginContext): MlflowAuthError {
  const named = /^[0-9a-f-]{36}$/i.test(tenant) ? `the tenant ${tenant}` : "a tenant with another name";
  return errorOf(
    {
      code: "LOGIN_FAILED",
      message: `the vault belongs to ${named}, and auth.tenantId names another`,
      remedy:
        "set auth.tenantId (AZURE_TENANT_ID) to that id, if the vault is the right one; the tenant's domain does not do",
    },
    context,
  );
}
