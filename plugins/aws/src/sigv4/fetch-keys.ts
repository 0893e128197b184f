/** From a login at AWS to the keys that requests are signed with. */
import type { Fetched, PluginContext } from "@mlflow-auth/core/plugin";
import { type AwsCredentials, createLogin, sdkSettings } from "../login.js";
import { createRequestHandler, tlsNames } from "../request-handler.js";
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
  /** That of the environment or of the profile; undefined where they say none, or the options say one. */
  readonly region: string | undefined;
}

/** Milliseconds after which keys without an end are read again: other programs write new ones into files. */
const REREAD = 300_000;

/** @returns what logs in anew, and gives the keys. It throws MlflowAuthError of the codes `LOGIN_FAILED`, `SECRET_*` */
export function createKeyReader(options: Sigv4Options, context: PluginContext) {
  const http = context.http.with({ ca: options.tls.caFile, tlsNames });
  let last: SigningKeys | undefined;
  let logins = 0;

  return {
    async fetch(): Promise<Fetched<HeldKeys>> {
      const requestHandler = createRequestHandler(http);
      try {
        const own = options.arn === undefined ? options.region : sageMakerMlflow(options.arn).region;
        const region = own === undefined ? await regionOf(options, context) : undefined;
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

/** As the option's schema wants it. It becomes part of STS's host, and of every signature. */
const REGION = /^[a-z]{2,}(?:-[a-z]+)+-[0-9]+$/;

/** As the AWS SDKs find it. @throws MlflowAuthError `WRONG_VALUE` for a text that is none */
async function regionOf(options: Sigv4Options, context: PluginContext): Promise<string | undefined> {
  const { region, place } = await foundRegion(options, context);
  if (region === undefined || REGION.test(region)) return region;
  // Not repeated: anything may stand there.
  throw context.error("WRONG_VALUE", `${place} holds something that is no region`, {
    remedy: "write a region such as eu-central-1 there, or set region",
  });
}

async function foundRegion({ profile }: Sigv4Options, { env }: PluginContext) {
  for (const place of ["AWS_REGION", "AWS_DEFAULT_REGION"]) if (env[place]) return { region: env[place], place };
  const { AWS_CONFIG_FILE: configFilepath, AWS_SHARED_CREDENTIALS_FILE: filepath } = env;
  const { loadSharedConfigFiles } = await import("@smithy/core/config");
  const { configFile, credentialsFile } = await loadSharedConfigFiles({
    ignoreCache: true,
    ...(configFilepath && { configFilepath }),
    ...(filepath && { filepath }),
  });
  const name = profile ?? "default";
  const region = configFile[name]?.["region"] ?? credentialsFile[name]?.["region"];
  return { region, place: `the region of the profile ${name}` };
}
