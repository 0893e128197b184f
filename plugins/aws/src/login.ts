/** Who the plugin is at AWS: the SDK's own chain or a profile of it, and a role assumed with that. */
import type { SecretsManagerClientConfig } from "@aws-sdk/client-secrets-manager";
import type { PluginContext } from "@mlflow-auth/core/plugin";
import type { AwsOptions } from "./generated/options.js";
import type { SdkRequestHandler } from "./request-handler.js";

/** What the SDK's clients have in common. */
export interface SdkSettings {
  readonly requestHandler: SdkRequestHandler;
  readonly region?: string;
  /** In all, the first included. */
  readonly maxAttempts: number;
  readonly logger: SdkLogger;
}

interface SdkLogger {
  trace(): void;
  debug(): void;
  info(): void;
  warn(): void;
  error(): void;
}

/** What the SDK logs to: nothing it says is passed on, for it may hold anything. */
const silent: SdkLogger = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** Tries of one call, the first included: what the SDK does by default. */
const TRIES = 3;

/** @param region undefined: as the SDK finds it */
export function sdkSettings(requestHandler: SdkRequestHandler, region: string | undefined): SdkSettings {
  return { requestHandler, maxAttempts: TRIES, logger: silent, ...(region !== undefined && { region }) };
}

/** The options of every entry point that logs in at AWS. */
export type LoginOptions = Pick<AwsOptions, "profile" | "role">;

/** AWS credentials, or what gives them, as the SDK's clients take them. */
export type AwsCredentials = NonNullable<SecretsManagerClientConfig["credentials"]>;

/** The role that the options name, or that the environment of the AWS SDKs does. */
interface Role {
  readonly arn: string;
  readonly externalId?: string;
  readonly sessionName?: string;
}

/** The provider of AWS credentials for a client of the SDK. Nothing is asked before the first call. */
export async function createLogin(
  options: LoginOptions,
  settings: SdkSettings,
  context: PluginContext,
): Promise<AwsCredentials> {
  const { fromNodeProviderChain, fromTemporaryCredentials } = await import("@aws-sdk/credential-providers");
  const { profile } = options;
  const { region: _, ...elsewhere } = settings;
  const { logger } = settings;
  const own =
    ownKeys(options, context) ??
    fromNodeProviderChain({
      // Without the secret's region: SSO has one of its own, and the SDK would prefer this one.
      clientConfig: elsewhere,
      logger,
      // Files are read again with each new login: other programs write new keys into them.
      ignoreCache: true,
      ...(profile !== undefined && { profile }),
      ...filesOf(context),
    });
  const role = roleOf(options, context);
  if (role === undefined) return own;
  return fromTemporaryCredentials({
    masterCredentials: own,
    params: {
      RoleArn: role.arn,
      RoleSessionName: role.sessionName ?? "mlflow-auth",
      ...(role.externalId !== undefined && { ExternalId: role.externalId }),
    },
    clientConfig: settings,
    logger,
  });
}

/** The keys of the environment that the file was loaded with. The SDK looks into `process.env`, which may be another. */
function ownKeys({ profile }: LoginOptions, { env }: PluginContext) {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: token } = env;
  if (profile !== undefined || !accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(token && { sessionToken: token }) };
}

/** Where the environment that the file was loaded with has the files of a login. */
function filesOf({ env }: PluginContext) {
  const { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: keys, AWS_ROLE_SESSION_NAME: roleSessionName } = env;
  const { AWS_WEB_IDENTITY_TOKEN_FILE: webIdentityTokenFile, AWS_ROLE_ARN: roleArn } = env;
  return {
    ...(config && { configFilepath: config }),
    ...(keys && { filepath: keys }),
    ...(webIdentityTokenFile &&
      roleArn && { webIdentityTokenFile, roleArn, ...(roleSessionName && { roleSessionName }) }),
  };
}

function roleOf({ role }: LoginOptions, { env }: PluginContext): Role | undefined {
  if (role !== undefined) return role;
  const { AWS_ROLE_ARN: arn, AWS_ROLE_SESSION_NAME: sessionName, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile } = env;
  // With such a token the SDK's own chain takes the role: a second time would need another trust policy.
  if (!arn || tokenFile) return undefined;
  return { arn, ...(sessionName && { sessionName }) };
}
