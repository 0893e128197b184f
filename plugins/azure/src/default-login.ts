/**
 * How to log in where the file does not say it: as the Azure SDK's DefaultAzureCredential does, in its order
 * (https://learn.microsoft.com/azure/developer/javascript/sdk/authentication/credential-chains), but by the environment that the file
 * was loaded with, where that one reads `process.env`.
 */
import type { TokenCredential } from "@azure/identity";
import { environmentSource, type PluginContext } from "@mlflow-auth/core/plugin";
import type { AzureOptions } from "./generated/options.js";

/** One way to log in, with all that it needs. */
export type Login = NonNullable<AzureOptions["auth"]>;

/** Milliseconds for `az` and its like, within the time that a caller waits. */
export const LONGEST_COMMAND = 10_000;

/** The way that the options name; of `default`, the way that the variables do, if they name one. */
export function loginOf({ auth = { method: "default" } }: AzureOptions, context: PluginContext): Login {
  if (auth.method !== "default") return auth;
  const { env } = context;
  const { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId } = env;
  if (!tenantId || !clientId) return auth;
  const { AZURE_CLIENT_CERTIFICATE_PATH: certificateFile, AZURE_FEDERATED_TOKEN_FILE: tokenFile } = env;
  const byVariables = isAllowed("EnvironmentCredential", "prod", context);
  if (byVariables && env["AZURE_CLIENT_SECRET"]) {
    const clientSecret = environmentSource("AZURE_CLIENT_SECRET", env);
    return { method: "client-secret", tenantId, clientId, clientSecret };
  }
  if (byVariables && certificateFile) {
    const password = env["AZURE_CLIENT_CERTIFICATE_PASSWORD"];
    const locked = { certificatePassword: environmentSource("AZURE_CLIENT_CERTIFICATE_PASSWORD", env) };
    return { method: "client-certificate", tenantId, clientId, certificateFile, ...(password && locked) };
  }
  return isAllowed("WorkloadIdentityCredential", "prod", context) && tokenFile
    ? { method: "workload-identity", tenantId, clientId, tokenFile }
    : auth;
}

/** What is asked where no variables name a login: the machine, and the tools of developers. The first that has a token gives it. */
export function machineAndTools(
  sdk: typeof import("@azure/identity"),
  settings: object,
  context: PluginContext,
): TokenCredential {
  const { AZURE_CLIENT_ID: clientId } = context.env;
  const tool = { processTimeoutInMs: LONGEST_COMMAND };
  // As in the SDK's own chain: whether there is an identity at all is found out within a second.
  const machine = { ...settings, ...(clientId && { clientId }), sendProbeRequest: true };
  const all: [name: string, group: "prod" | "dev", make: () => TokenCredential][] = [
    ["ManagedIdentityCredential", "prod", () => new sdk.ManagedIdentityCredential(machine as object)],
    ["AzureCliCredential", "dev", () => new sdk.AzureCliCredential(tool)],
    ["AzurePowerShellCredential", "dev", () => new sdk.AzurePowerShellCredential(tool)],
    ["AzureDeveloperCliCredential", "dev", () => new sdk.AzureDeveloperCliCredential(tool)],
  ];
  const allowed = all.filter(([name, group]) => isAllowed(name, group, context));
  return new sdk.ChainedTokenCredential(...allowed.map(([, , make]) => make()));
}

/** Whether AZURE_TOKEN_CREDENTIALS, which narrows the chain to a group or to one of its names, lets this one be asked. */
function isAllowed(name: string, group: "prod" | "dev", { env }: PluginContext): boolean {
  const chosen = env["AZURE_TOKEN_CREDENTIALS"]?.trim().toLowerCase();
  return !chosen || chosen === group || chosen === name.toLowerCase();
}
