/** MLflow credentials from AWS Secrets Manager: the entry point that package.json names. */
import { credentialProvider, type Factory } from "@mlflow-auth/core/plugin";
import { createSecretReader } from "./fetch-secret.js";
import type { AwsOptions } from "./generated/options.js";

/** The one credential of all requests. Loads nothing of the AWS SDK before the first of them. */
export const createRequestAuthProvider: Factory<"mlflow.request_auth_provider", AwsOptions> = (options, context) => {
  const reader = createSecretReader(options, context);
  return credentialProvider<AwsOptions>(reader.fetch, { close: reader.close })(options, context);
};
