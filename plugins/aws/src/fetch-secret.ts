/** From Secrets Manager to a credential: one call, and what its answer holds. */
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type FetchedCredential, type PluginContext, selectCredential } from "@mlflow-auth/core/plugin";
import { faultOf } from "./faults.js";
import type { AwsOptions } from "./generated/options.js";
import { createLogin, sdkSettings } from "./login.js";
import { createRequestHandler, tlsNames } from "./request-handler.js";

/** Reads the one secret that the options name. */
export interface SecretReader {
  /** @throws MlflowAuthError of the codes `LOGIN_FAILED`, `SECRET_*` */
  fetch(): Promise<FetchedCredential>;
  close(): void;
}

/** Loads the SDK with the first fetch. */
export function createSecretReader(options: AwsOptions, context: PluginContext): SecretReader {
  const { secret, endpoint, profile, tls, allowInsecure } = options;
  const http = context.http.with({ ca: tls.caFile, allowInsecure, tlsNames });
  const region = options.region ?? regionOf(secret.id);
  const requestHandler = createRequestHandler(http);
  let client: SecretsManagerClient | undefined;

  async function connect(): Promise<SecretsManagerClient> {
    const { SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
    const settings = sdkSettings(requestHandler, region);
    const credentials = await createLogin(options, settings, context);
    // The region may be the profile's. And the SDK's own type asks for more of a request handler than it calls.
    const own = { ...(profile !== undefined && { profile }), ...(endpoint !== undefined && { endpoint }) };
    return new SecretsManagerClient({ ...settings, credentials, ...own } as never);
  }

  async function read(): Promise<FetchedCredential> {
    const { GetSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
    client ??= await connect();
    const asked = { SecretId: secret.id, ...versionOf(secret.version) };
    const name = `the secret ${secret.id}`;
    const answer = await client.send(new GetSecretValueCommand(asked), { abortSignal: context.signal });
    const text = answer.SecretString ?? textOf(answer.SecretBinary, name, context);
    const fields = { field: secret.field, option: "secret.field" };
    return { ...selectCredential(text, { name, error: context.error }, fields), name };
  }

  return {
    async fetch() {
      for (;;) {
        const isKept = client !== undefined;
        requestHandler.last = {};
        try {
          return await read();
        } catch (thrown) {
          const fault = faultOf(thrown, options, context, requestHandler.last);
          if (fault.code !== "LOGIN_FAILED" && fault.code !== "SECRET_SOURCE") throw fault;
          // What the SDK keeps of a login that is not accepted any more must not stand in the way of the next one.
          client = undefined;
          if (!isKept) throw fault;
        }
      }
    },
    close() {
      client?.destroy();
    },
  };
}

/** `arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME`. */
function regionOf(id: string): string | undefined {
  return /^arn:[^:]*:secretsmanager:([^:]+):/.exec(id)?.[1];
}

/** Ids of versions are UUIDs; staging labels may be anything else. */
function versionOf(version: string | undefined) {
  if (version === undefined) return {};
  return /^[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i.test(version)
    ? { VersionId: version }
    : { VersionStage: version };
}

/** The SDK has decoded it from base64 already. */
function textOf(bytes: Uint8Array | undefined, name: string, context: PluginContext): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes ?? new Uint8Array());
  } catch {
    throw context.error("SECRET_FORMAT", `${name} holds bytes that are no text`, {
      remedy: "store the credential as text, or as the bytes of a text in UTF-8",
    });
  }
}
