/** From Key Vault to a credential: one secret, whether it may be used now, and what it holds. */
import type { KeyVaultSecret, SecretClient } from "@azure/keyvault-secrets";
import {
  type FetchedCredential,
  type MlflowAuthError,
  type PluginContext,
  selectCredential,
} from "@mlflow-auth/core/plugin";
import { authorityOf } from "./clouds.js";
import { loginOf } from "./default-login.js";
import { faultOf } from "./faults.js";
import type { AzureOptions } from "./generated/options.js";
import { createLogin } from "./login.js";
import { quietly } from "./quiet.js";
import { clientSettings, createSdkHttp, type SdkHttp } from "./sdk-http.js";
import { hasExpired, notYetValid, softDeleted } from "./secret-faults.js";
import { errorOf } from "./tell-fault.js";

/** Reads the one secret that the options name. */
export interface SecretReader {
  /** @throws MlflowAuthError of the codes `LOGIN_FAILED`, `SECRET_*` */
  fetch(): Promise<FetchedCredential>;
  close(): void;
}

interface Connection {
  readonly client: SecretClient;
  readonly http: SdkHttp;
}

/** Loads the SDK with the first fetch. */
export function createSecretReader(options: AzureOptions, context: PluginContext): SecretReader {
  let connection: Connection | undefined;

  async function connect(): Promise<Connection> {
    const { SecretClient } = await import("@azure/keyvault-secrets");
    const authority = authorityOf(options.vaultUrl, options.authorityHost);
    const http = await createSdkHttp(options, authority, context);
    const login = createLogin(options, http.login, authority, context);
    const client = new SecretClient(options.vaultUrl, login, clientSettings(http.vault));
    return { client, http };
  }

  async function read(): Promise<FetchedCredential> {
    connection ??= await connect();
    const { client, http } = connection;
    http.forgetFault();
    try {
      const { name, version } = options.secret;
      const asked = { abortSignal: context.signal, ...(version !== undefined && { version }) };
      return credentialOf(await client.getSecret(name, asked), options, context);
    } catch (thrown) {
      const fault = faultOf(thrown, http.loginFault(), loginOf(options, context).method, context);
      if (fault.code === "SECRET_NOT_FOUND" && (await isDeleted(client))) throw errorOf(softDeleted(options), context);
      throw fault;
    }
  }

  /** The vault tells a deleted secret from one that never was only if it is asked. */
  async function isDeleted(client: SecretClient): Promise<boolean> {
    const asked = { abortSignal: context.signal };
    return await client.getDeletedSecret(options.secret.name, asked).then(
      () => true,
      () => false,
    );
  }

  return {
    async fetch() {
      return await quietly(async () => {
        const isNew = connection === undefined;
        try {
          return await read();
        } catch (thrown) {
          const { code } = thrown as MlflowAuthError;
          // What the SDK keeps of a login that is not accepted any more, or of an outage, must not stand in the way of the next.
          if (code === "LOGIN_FAILED" || code === "SECRET_SOURCE") connection = undefined;
          if (isNew || code !== "LOGIN_FAILED") throw thrown;
          return await read();
        }
      });
    },
    close() {
      connection = undefined;
    },
  };
}

function credentialOf(
  { value = "", properties }: KeyVaultSecret,
  options: AzureOptions,
  context: PluginContext,
): FetchedCredential {
  const { name: id, field } = options.secret;
  const { notBefore, expiresOn, contentType, certificateKeyId } = properties;
  const now = context.clock.wallTime();
  const name = `the secret ${id}`;
  // Key Vault gives both away: it leaves it to whoever reads them to keep to the dates.
  if (notBefore && notBefore.getTime() > now) throw errorOf(notYetValid(notBefore, options), context);
  if (expiresOn && expiresOn.getTime() <= now) throw errorOf(hasExpired(expiresOn, options), context);
  if (certificateKeyId || /^application\/x-(?:pkcs12|pem-file)$/i.test(contentType ?? "")) {
    throw context.error(
      "SECRET_FORMAT",
      `${name} is that of a certificate: it holds a private key, and no credential`,
      {
        remedy: "name another secret in secret.name",
      },
    );
  }
  const credential = selectCredential(value, { name, error: context.error }, { field, option: "secret.field" });
  return { ...credential, name, ...(expiresOn && { expiresAt: expiresOn }) };
}
