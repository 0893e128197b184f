/** MLflow credentials from Azure Key Vault: the entry point that package.json names. */
import { credentialProvider, type Factory } from "@mlflow-auth/core/plugin";
import { createSecretReader } from "./fetch-secret.js";
import type { AzureOptions } from "./generated/options.js";

/** The one credential of all requests. Loads nothing of the Azure SDK before the first of them. */
export const createRequestAuthProvider: Factory<"mlflow.request_auth_provider", AzureOptions> = (options, context) => {
  const reader = createSecretReader(options, context);
  return credentialProvider<AzureOptions>(reader.fetch, { close: reader.close })(options, context);
};
