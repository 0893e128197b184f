/**
 * A vault of Azure Key Vault with the login that belongs to it, strict about what either is sent. Clients name the real hosts and come
 * through a corporate proxy that leads here, so that all that they know of Azure by heart is tried, too.
 */
import { generateKeyPairSync } from "node:crypto";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { createSecureContext } from "node:tls";
import { generate } from "selfsigned";
import { createEntra, type FakeEntra } from "./azure-fake/entra.ts";
import { createIdentity, type FakeIdentity } from "./azure-fake/identity.ts";
import { createTokens, type Tokens } from "./azure-fake/tokens.ts";
import { createKeyVault, type FakeKeyVault } from "./azure-fake/vault.ts";
import { type Authority, type Certificate, createAuthority } from "./certificates.ts";
import { type ConnectProxy, startConnectProxy } from "./connect-proxy.ts";
import { callOf, write } from "./fake-call.ts";

export { failure, workloadToken } from "./azure-fake/entra.ts";
export { refusal } from "./azure-fake/vault.ts";
export type { Fault } from "./fake-call.ts";

export interface FakeAzure {
  readonly vault: FakeKeyVault;
  readonly entra: FakeEntra;
  readonly identity: FakeIdentity;
  readonly tokens: Tokens;
  /** The way to it: `HTTPS_PROXY` names it. */
  readonly proxy: ConnectProxy;
  /** PEM of the authority that clients must trust. */
  readonly ca: string;
  /** Variables that lead to the proxy. */
  readonly way: { readonly HTTPS_PROXY: string };
  /** Variables of a login with the application's secret. */
  readonly login: Readonly<Record<"AZURE_TENANT_ID" | "AZURE_CLIENT_ID" | "AZURE_CLIENT_SECRET", string>>;
  /** The managed identity's address, on loopback: `http://127.0.0.1:PORT`. */
  readonly metadata: string;
  /** Nobody listens there from then on. */
  stopMetadata(): Promise<void>;
  stop(): Promise<void>;
}

/** The hosts of a cloud. */
export interface FakeAzureOptions {
  /** Default `team.vault.azure.net`. */
  readonly vault?: string;
  /** Where one logs in; the first is the one that the vault names. Default `login.microsoftonline.com`. */
  readonly logins?: readonly [string, ...string[]];
}

export async function startFakeAzure(options: FakeAzureOptions = {}): Promise<FakeAzure> {
  const { vault: vaultHost = "team.vault.azure.net", logins = ["login.microsoftonline.com"] } = options;
  const tokens = createTokens();
  const resource = `https://${vaultHost.slice(vaultHost.indexOf(".") + 1)}`;
  const entra = createEntra(logins.at(-1) as string, resource, tokens);
  const vault = createKeyVault(vaultHost, entra.tenant, logins[0], tokens);
  const identity = createIdentity(entra.tenant, resource, tokens);
  const authority = await createAuthority();
  const certificates = await certificatesFor([vaultHost, ...logins], authority);

  const server = createServer(
    {
      SNICallback(name, done) {
        const found = certificates.get(name);
        done(found ? null : new Error(`no certificate for ${name}`), found && createSecureContext({ ...found }));
      },
    },
    async (request, response) => {
      const call = await callOf(request);
      const part = call.url.host === vaultHost ? vault : entra;
      write(part.answer(call), call, response);
    },
  );
  const machine = createHttpServer(async (request, response) => {
    const call = await callOf(request);
    write(identity.answer(call), call, response);
  });
  const port = await listen(server);
  const identityPort = await listen(machine);
  const proxy = await startConnectProxy({
    routes: Object.fromEntries([vaultHost, ...logins].map((host) => [`${host}:443`, port])),
  });
  return {
    vault,
    entra,
    identity,
    tokens,
    proxy,
    ca: authority.cert,
    way: { HTTPS_PROXY: `http://${proxy.host}` },
    get login() {
      return {
        AZURE_TENANT_ID: entra.tenant,
        AZURE_CLIENT_ID: entra.clientId,
        AZURE_CLIENT_SECRET: entra.secret,
      };
    },
    metadata: `http://127.0.0.1:${identityPort}`,
    stopMetadata: () => close(machine),
    async stop() {
      await proxy.stop();
      await close(server);
      await close(machine);
    },
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function close(server: ReturnType<typeof createServer> | ReturnType<typeof createHttpServer>): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

async function certificatesFor(hosts: readonly string[], authority: Authority): Promise<Map<string, Certificate>> {
  return new Map(await Promise.all(hosts.map(async (host) => [host, await authority.issue({ host })] as const)));
}

/** A certificate for an application, with its key; RSA, as Microsoft Entra ID wants it. @param passphrase of the key */
export async function clientCertificate(passphrase?: string): Promise<{ cert: string; pem: string }> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const spki = publicKey.export({ type: "spki", format: "pem" }).toString();
  const pkcs8 = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const { cert } = await generate([{ name: "commonName", value: "mlflow-auth" }], {
    keyPair: { publicKey: spki, privateKey: pkcs8 },
    algorithm: "sha256",
  });
  const locked = passphrase === undefined ? {} : { cipher: "aes-256-cbc", passphrase };
  const key = privateKey.export({ type: "pkcs8", format: "pem", ...locked }).toString();
  return { cert, pem: `${key}${cert}` };
}
