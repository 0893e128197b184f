/** An Azure with a login of every kind, and files that use every option of its plugin. */
import { chmodSync } from "node:fs";
import { dirname } from "node:path";
import type { Setup } from "../../cli/test/setup.ts";
import { clientCertificate, startFakeAzure, workloadToken } from "../servers/azure-fake.ts";
import { closeAfterwards } from "../suite.ts";

/** One way to set the plugin up. */
export interface AzureTrial {
  readonly name: string;
  readonly options: object;
  readonly env: Readonly<Record<string, string>>;
}

export async function openAzure(project: Setup): Promise<AzureTrial[]> {
  const azure = await startFakeAzure();
  closeAfterwards(() => azure.stop());
  const { entra, identity, vault, login, way } = azure;
  const version = vault.put("mlflow-auth", JSON.stringify({ token: "fourth", other: "fifth" }));
  const { cert, pem } = await clientCertificate("a passphrase");
  entra.certificate = cert;
  const tls = { caFile: project.write("azure-ca.pem", azure.ca) };
  const certificateFile = project.write("azure-client.pem", pem);
  const tokenFile = project.write("azure-token", workloadToken(entra));
  const { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId } = login;
  const ids = { tenantId, clientId };
  const secret = { name: "mlflow-auth" };
  const base = { vaultUrl: vault.url, secret, tls };
  const token = azure.tokens.mint({ audience: "https://vault.azure.net", tenant: tenantId, client: "me" });
  const az = project.write("bin/az", azureCli(token));
  chmodSync(az, 0o700);
  return [
    {
      name: "Azure by a secret, another version, and all that is sent",
      options: {
        ...base,
        secret: { ...secret, version, field: "other" },
        auth: { method: "client-secret", ...ids, clientSecret: { env: "MY_CLIENT_SECRET" } },
        authorityHost: "https://login.microsoftonline.com",
        credential: { mode: "bearer", header: "X-Api-Key" },
        cache: { ttl: "1s", maxStale: "1h" },
      },
      env: { ...way, MY_CLIENT_SECRET: entra.secret },
    },
    {
      name: "Azure by a certificate",
      options: {
        ...base,
        auth: {
          method: "client-certificate",
          ...ids,
          certificateFile,
          certificatePassword: { env: "MY_CERTIFICATE_PASSWORD" },
        },
      },
      env: { ...way, MY_CERTIFICATE_PASSWORD: "a passphrase" },
    },
    {
      name: "Azure by a workload's token",
      options: { ...base, auth: { method: "workload-identity", ...ids, tokenFile } },
      env: way,
    },
    {
      name: "Azure by the identity of an app",
      options: { ...base, auth: { method: "managed-identity", clientId: identity.clientId } },
      env: { ...way, IDENTITY_ENDPOINT: `${azure.metadata}/msi/token`, IDENTITY_HEADER: identity.secret },
    },
    {
      name: "Azure by its command",
      options: { ...base, auth: { method: "azure-cli", tenantId } },
      env: { ...way, PATH: `${dirname(az)}:${process.env["PATH"]}` },
    },
    {
      name: "Azure's variables",
      options: { secret, tls, auth: { method: "default" } },
      env: {
        ...way,
        ...login,
        AZURE_KEY_VAULT_URL: vault.url,
        AZURE_AUTHORITY_HOST: "https://login.microsoftonline.com",
      },
    },
    {
      name: "Azure's variables for a certificate",
      options: { ...base, auth: { method: "client-certificate" } },
      env: {
        ...way,
        AZURE_TENANT_ID: tenantId,
        AZURE_CLIENT_ID: clientId,
        AZURE_CLIENT_CERTIFICATE_PATH: certificateFile,
        AZURE_CLIENT_CERTIFICATE_PASSWORD: "a passphrase",
      },
    },
    {
      name: "Azure's variables for a workload",
      options: { ...base, auth: { method: "workload-identity" } },
      env: { ...way, AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId, AZURE_FEDERATED_TOKEN_FILE: tokenFile },
    },
    {
      name: "Azure's log, which stays silent",
      options: { ...base, auth: { method: "client-secret" } },
      env: { ...way, ...login, AZURE_LOG_LEVEL: "verbose", TYPESPEC_RUNTIME_LOG_LEVEL: "verbose", DEBUG: "azure*" },
    },
  ];
}

/** What `az account get-access-token` prints. */
function azureCli(accessToken: string): string {
  const answer = { accessToken, expires_on: Math.floor(Date.now() / 1000) + 3_600, tokenType: "Bearer" };
  return `#!/bin/sh\necho '${JSON.stringify(answer)}'\n`;
}
