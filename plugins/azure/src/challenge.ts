/**
 * What a vault asks for before it has seen a token (RFC 6750, section 3): for which resource, and from whom. A vault that asks for a token
 * of somebody else's gets none, for it could use it there.
 */
import type { MlflowAuthError, PluginContext } from "@mlflow-auth/core/plugin";
import { type Authority, cloudOfLogin, isLogin } from "./clouds.js";

/** Of the values of a challenge, those that decide which token is asked for. */
const deciding = /^(?:authorization|authorization_uri|authorization_url|resource|scope)$/;

/**
 * The SDK holds only that the vault's host ends with the resource's, which `https://net` does as well, and takes the tenant from
 * whatever login the vault names.
 *
 * @param header the value of `WWW-Authenticate`; the SDK heeds it whatever scheme it names
 * @returns what is wrong with it; undefined if it asks for a token for this very vault
 */
export function challengeFault(
  header: string | undefined,
  vaultUrl: string,
  authority: Authority,
  context: PluginContext,
): MlflowAuthError | undefined {
  if (header === undefined) return undefined;
  const { hostname: vault } = new URL(vaultUrl);
  for (const [, name = "", value = ""] of header.matchAll(/([\w-]+)\s*=\s*"?([^",\s]*)/g)) {
    if (!deciding.test(name)) continue;
    const fault =
      name === "resource" || name === "scope"
        ? isResourceOf(value, vault)
          ? undefined
          : foreignResource(vault, context)
        : loginFault(value, authority, context);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Key Vault's resource is the domain that its vaults are in: `https://vault.azure.net` for `https://team.vault.azure.net`. */
function isResourceOf(resource: string, vault: string): boolean {
  const url = URL.parse(resource);
  return url !== null && /^\/?(?:\.default)?$/.test(url.pathname) && url.origin === `https://${domainOf(vault)}`;
}

const domainOf = (host: string) => host.slice(host.indexOf(".") + 1);

function foreignResource(vault: string, context: PluginContext): MlflowAuthError {
  return context.error("LOGIN_FAILED", `${vault} asks for a token that is not for vaults in ${domainOf(vault)}`, {
    remedy: "check vaultUrl (AZURE_KEY_VAULT_URL): no vault asks so, and it was sent no token",
  });
}

function loginFault(value: string, authority: Authority, context: PluginContext): MlflowAuthError | undefined {
  const url = URL.parse(value);
  if (url !== null && isLogin(url, authority)) return undefined;
  const cloud = url === null ? undefined : cloudOfLogin(url.hostname);
  const other = cloud === authority.cloud ? undefined : cloud;
  const { host } = new URL(authority.origin);
  if (other !== undefined) {
    return context.error("LOGIN_FAILED", `the vault is one of ${other.name}, where one does not log in at ${host}`, {
      remedy: `set authorityHost (AZURE_AUTHORITY_HOST) to ${other.authority}, and check vaultUrl (AZURE_KEY_VAULT_URL)`,
    });
  }
  return context.error("LOGIN_FAILED", `the vault names another login than ${host}, and was sent no token`, {
    remedy:
      "check vaultUrl (AZURE_KEY_VAULT_URL); if that login is right, as in a private cloud, set authorityHost (AZURE_AUTHORITY_HOST) to it",
  });
}
