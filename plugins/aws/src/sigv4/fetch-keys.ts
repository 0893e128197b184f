/** From a login at AWS to the keys that requests are signed with. */
import type { Fetched, PluginContext } from "@mlflow-auth/core/plugin";
import { type AwsCredentials, createLogin, sdkSettings } from "../login.js";
import { createRequestHandler } from "../request-handler.js";
import { keysFaultOf } from "./faults.js";
import type { Sigv4Options } from "./generated/options.js";
import { sageMakerMlflow } from "./sagemaker.js";

/** What signatures are made with. */
export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The keys of one login. */
export interface HeldKeys extends SigningKeys {
  /** Another for other keys, and no secret. */
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt?: number | undefined;
  /** That of the environment or of the profile; undefined where they say none. */
  readonly region: string | undefined;
}

/** Milliseconds after which keys without an end are read again: other programs write new ones into files. */
const REREAD = 300_000;

/** @returns what logs in anew, and gives the keys. It throws MlflowAuthError of the codes `LOGIN_FAILED`, `SECRET_*` */
export function createKeyReader(options: Sigv4Options, context: PluginContext) {
  const tlsNames = { ca: "tls.caFile (AWS_CA_BUNDLE)", cert: "", key: "" };
  const http = context.http.with({ ca: options.tls.caFile, tlsNames });
  let last: SigningKeys | undefined;
  let logins = 0;

  return {
    async fetch(): Promise<Fetched<HeldKeys>> {
      const requestHandler = createRequestHandler(http);
      try {
        const region = await regionOf(options, context);
        const own = options.arn === undefined ? options.region : sageMakerMlflow(options.arn).region;
        const settings = sdkSettings(requestHandler, own ?? region);
        const { accessKeyId, secretAccessKey, sessionToken, expiration } = await keysOf(
          await createLogin(options, settings, context),
          settings.region,
        );
        const keys = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
        if (last === undefined || !isSame(last, keys)) logins++;
        last = keys;
        const expiresAt = expiration?.getTime();
        const value = { ...keys, id: `login ${logins}`, expiresAt, region };
        // By the lease they are renewed ahead of their end.
        const lease = expiresAt === undefined ? REREAD : expiresAt - context.clock.wallTime();
        return { value, lease, expiresAt };
      } catch (thrown) {
        throw keysFaultOf(thrown, options, context, requestHandler.last);
      }
    },
  };
}

/** Asked as a client of the SDK asks, whose region is that of STS where the login says none. */
async function keysOf(login: AwsCredentials, region: string | undefined) {
  if (typeof login !== "function") return login;
  return login({ callerClientConfig: { region: async () => region ?? "us-east-1" } });
}

function isSame(one: SigningKeys, other: SigningKeys): boolean {
  return (["accessKeyId", "secretAccessKey", "sessionToken"] as const).every((name) => one[name] === other[name]);
}

/** As the AWS SDKs find it. */
async function regionOf({ profile }: Sigv4Options, { env }: PluginContext): Promise<string | undefined> {
  const named = env["AWS_REGION"] || env["AWS_DEFAULT_REGION"];
  if (named) return named;
  const { AWS_CONFIG_FILE: configFilepath, AWS_SHARED_CREDENTIALS_FILE: filepath } = env;
  const { loadSharedConfigFiles } = await import("@smithy/core/config");
  const { configFile, credentialsFile } = await loadSharedConfigFiles({
    ignoreCache: true,
    ...(configFilepath && { configFilepath }),
    ...(filepath && { filepath }),
  });
  const name = profile ?? "default";
  return configFile[name]?.["region"] ?? credentialsFile[name]?.["region"];
}
