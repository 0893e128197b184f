/** A server with TLS and one without, a Vault behind either, and a project to reach them from. */
import { generateKeyPairSync, sign } from "node:crypto";
import { join } from "node:path";
import { createSetup, type Setup } from "../../cli/test/setup.ts";
import { type EchoServer, echoServer } from "../../core/test/connection/echo-server.ts";
import { appRole, seed, token, write } from "../../plugins/vault/test/start-provider.ts";
import { createAuthority } from "../servers/certificates.ts";
import { type FakeDescope, startFakeDescope } from "../servers/descope-fake.ts";
import { environmentOf, makeKeys, startFakeSecretsManager } from "../servers/secrets-manager-fake.ts";
import { startTlsFront } from "../servers/tls-front.ts";
import { startVaultAgent } from "../servers/vault-agent.ts";
import { type FakeVault, startFakeVault } from "../servers/vault-fake.ts";
import { closeAfterwards } from "../suite.ts";
import { type AzureTrial, openAzure } from "./azure-stage.ts";
import { tokenTrials } from "./token-stage.ts";

export interface Stage {
  readonly project: Setup;
  readonly server: EchoServer;
  readonly vault: FakeVault;
  /** The Unix socket of an agent before it. */
  readonly vaultAgent: string;
  readonly aws: {
    readonly endpoint: string;
    /** Behind TLS, without a client certificate. */
    readonly secure: string;
    /** With keys, and with a profile `team`. */
    readonly env: Record<string, string>;
  };
  /** Of plugins whose trials stand in files of their own. */
  readonly tabled: readonly (AzureTrial & { readonly plugin: string })[];
  readonly descope: FakeDescope;
  /** Addresses that want a client certificate. */
  readonly secure: { readonly server: string; readonly vault: string };
  /** Paths of PEM files; `both` holds the certificate and its key. */
  readonly files: { readonly ca: string; readonly cert: string; readonly key: string; readonly both: string };
  readonly logins: {
    readonly token: string;
    readonly roleId: string;
    readonly secretId: string;
    readonly jwt: string;
    /** The path of a file that holds it. */
    readonly jwtFile: string;
  };
}

export const PLUGINS = ["vault", "aws", "sigv4", "azure", "datadog", "descope", "hokusai", "token"] as const;
/** What is installed: sigv4 comes with aws. */
const PACKAGES = PLUGINS.filter((name) => name !== "sigv4");

export async function openStage(): Promise<Stage> {
  const project = createSetup(...PACKAGES);
  closeAfterwards(() => project.remove());
  const server = await echoServer((_seen, response) => response.end("fine"));
  closeAfterwards(() => server.close());
  const vault = await startFakeVault();
  closeAfterwards(() => vault.stop());
  const keys = makeKeys();
  const aws = await startFakeSecretsManager(keys);
  aws.secret = JSON.stringify({ token: "third" });
  closeAfterwards(() => aws.stop());
  const descope = await startFakeDescope();
  closeAfterwards(() => descope.stop());
  descope.user = { ...descope.user, aud: "mlflow" };
  const authority = await createAuthority();
  const secureAws = await startTlsFront({ upstream: aws.endpoint, certificate: await authority.issue() });
  closeAfterwards(() => secureAws.stop());
  const people = await createAuthority();
  const person = await people.issue({ client: "somebody" });
  const front = async (upstream: string) => {
    const started = await startTlsFront({
      upstream,
      certificate: await authority.issue(),
      clientAuthority: people.cert,
    });
    closeAfterwards(() => started.stop());
    return started.address;
  };
  const jwt = await prepare(vault);
  const own = await token(vault);
  const socket = join(project.folder, "agent.sock");
  const agent = await startVaultAgent({ vault: vault.address, added: () => own, socket });
  closeAfterwards(() => agent.stop());
  const { VAULT_ROLE_ID: roleId, VAULT_SECRET_ID: secretId } = await appRole(vault);
  return {
    project,
    server,
    vault,
    vaultAgent: agent.address,
    aws: {
      endpoint: aws.endpoint,
      secure: secureAws.address,
      env: {
        ...environmentOf(keys),
        AWS_ENDPOINT_URL_STS: aws.endpoint,
        AWS_EC2_METADATA_DISABLED: "true",
        AWS_SHARED_CREDENTIALS_FILE: project.write(
          "credentials",
          `[team]\naws_access_key_id = ${keys.accessKeyId}\naws_secret_access_key = ${keys.secretAccessKey}\n`,
        ),
      },
    },
    tabled: [
      ...(await openAzure(project)).map((trial) => ({ plugin: "azure", ...trial })),
      ...tokenTrials(project).map((trial) => ({ plugin: "token", ...trial })),
    ],
    descope,
    secure: { server: await front(server.origin), vault: await front(vault.address) },
    files: {
      ca: project.write("ca.pem", authority.cert),
      cert: project.write("client.pem", person.cert),
      key: project.write("client.key", person.key),
      both: project.write("both.pem", `${person.cert}\n${person.key}`),
    },
    logins: { token: await token(vault), roleId, secretId, jwt, jwtFile: project.write("jwt", jwt) },
  };
}

/** Secrets and logins of every kind. @returns a JWT that the methods `jwt` and `kubernetes` take */
async function prepare(vault: FakeVault): Promise<string> {
  await seed(vault);
  await write(vault, "secret/mlflow/auth", { token: "first" });
  await write(vault, "team/kv/mlflow/auth", { other: "second" });
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = publicKey.export({ type: "spki", format: "pem" });
  const { request } = vault;
  await request("POST", "sys/auth/kubernetes", { type: "kubernetes" });
  await request("POST", "auth/kubernetes/config", { kubernetes_host: "https://10.0.0.1", pem_keys: [pem] });
  const names = { bound_service_account_names: "trainer", bound_service_account_namespaces: "ml" };
  await request("POST", "auth/kubernetes/role/trainer", { ...names, token_policies: "mlflow", token_ttl: "20m" });
  await request("POST", "sys/auth/jwt", { type: "jwt" });
  await request("POST", "auth/jwt/config", { jwt_validation_pubkeys: [pem], default_role: "ci" });
  const role = { role_type: "jwt", bound_audiences: ["vault"], user_claim: "sub", token_policies: "mlflow" };
  await request("POST", "auth/jwt/role/ci", role);
  const now = Math.floor(Date.now() / 1000);
  const pod = { namespace: "ml", pod: { name: "train-1" }, serviceaccount: { name: "trainer", uid: "5f0d" } };
  const claims = { iat: now, exp: now + 3_600, aud: ["vault"], sub: "job", "kubernetes.io": pod };
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const body = `${encoded({ alg: "ES256", typ: "JWT" })}.${encoded(claims)}`;
  const signature = sign("sha256", Buffer.from(body), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${body}.${signature.toString("base64url")}`;
}
