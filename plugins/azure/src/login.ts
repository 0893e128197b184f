/** Who the plugin is at Microsoft Entra ID: the ways to log in. */
import type { TokenCredential } from "@azure/identity";
import { fileSource, type PluginContext, type SecretSource } from "@mlflow-auth/core/plugin";
import type { Authority } from "./clouds.js";
import { LONGEST_COMMAND, type Login, loginOf, machineAndTools } from "./default-login.js";
import type { AzureOptions } from "./generated/options.js";
import { otherTenant } from "./login-faults.js";
import { clientSettings, type SdkHttpClient } from "./sdk-http.js";
import { askingThrough, sharedClient } from "./shared-client.js";

/** What every credential of the SDK is made with. */
function settingsOf(httpClient: SdkHttpClient, { origin, cloud }: Authority) {
  // Of a login that is none of Microsoft's its directory knows nothing.
  return { ...clientSettings(httpClient), authorityHost: origin, disableInstanceDiscovery: cloud === undefined };
}

/**
 * A credential for the SDK's clients, which loads the SDK's part for logins with the first token that is asked for. Secrets and files are
 * read at each login.
 */
export function createLogin(
  options: AzureOptions,
  httpClient: SdkHttpClient,
  authority: Authority,
  context: PluginContext,
): TokenCredential {
  const login = loginOf(options, context);
  let held: { readonly of: string; readonly credential: TokenCredential } | undefined;
  return {
    async getToken(scopes, asked) {
      const tenant = asked?.tenantId;
      if ("tenantId" in login && login.tenantId && tenant && login.tenantId.toLowerCase() !== tenant.toLowerCase()) {
        throw otherTenant(tenant, context);
      }
      const secrets = await secretsOf(login);
      const of = JSON.stringify(secrets);
      if (held?.of !== of) {
        const settings = settingsOf(await sharedClient(), authority);
        held = { of, credential: await credentialOf(login, secrets, settings, context) };
      }
      const { credential } = held;
      return await askingThrough(httpClient, async () => await credential.getToken(scopes, asked));
    },
  };
}

/** What a login is made of, as it is now: with another secret it is another login. */
async function secretsOf(login: Login): Promise<string[]> {
  const read = async (...sources: (SecretSource | undefined)[]) =>
    await Promise.all(sources.map(async (source) => (await source?.read())?.reveal() ?? ""));
  if (login.method === "client-secret") return await read(login.clientSecret);
  if (login.method === "client-certificate") {
    return await read(fileSource(login.certificateFile), login.certificatePassword);
  }
  return [];
}

async function credentialOf(
  login: Login,
  [secret = "", password]: readonly string[],
  settings: ReturnType<typeof settingsOf>,
  context: PluginContext,
): Promise<TokenCredential> {
  const sdk = await import("@azure/identity");
  switch (login.method) {
    case "client-secret":
      return new sdk.ClientSecretCredential(login.tenantId, login.clientId, secret, settings);
    case "client-certificate": {
      const held = { certificate: secret, ...(password && { certificatePassword: password }) };
      return new sdk.ClientCertificateCredential(login.tenantId, login.clientId, held, settings);
    }
    case "workload-identity": {
      const assertion = fileSource(login.tokenFile);
      const read = async () => (await assertion.read()).reveal();
      return new sdk.ClientAssertionCredential(login.tenantId, login.clientId, read, settings);
    }
    case "managed-identity":
      return new sdk.ManagedIdentityCredential({
        ...settings,
        ...(login.clientId !== undefined && { clientId: login.clientId }),
      });
    case "azure-cli":
      return new sdk.AzureCliCredential({
        processTimeoutInMs: LONGEST_COMMAND,
        ...(login.tenantId !== undefined && { tenantId: login.tenantId }),
      });
    case "default":
      return machineAndTools(sdk, settings, context);
  }
}
