/** AWS Secrets Manager and STS as far as one secret is read, with the signature checked, and the faults that AWS documents. */
import { createHash, createHmac, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** What to answer in place of the secret. */
export interface SecretsManagerFault {
  readonly status: number;
  /** The exception's name, as in `AccessDeniedException`. */
  readonly type: string;
  readonly message?: string;
}

/** One secret behind the protocol of AWS (JSON 1.1, signature version 4). */
export interface FakeSecretsManager {
  readonly endpoint: string;
  /** What the secret holds; bytes for SecretBinary. */
  secret: string | Uint8Array;
  /** Answered first, one for each request; `hang` and `reset` for a connection that stays silent or breaks; a text for a body as it is. */
  readonly faults: (SecretsManagerFault | "hang" | "reset" | { readonly raw: string; readonly status: number })[];
  /** The bodies of the requests whose signature was right. */
  readonly asked: Record<string, unknown>[];
  /** The session that each of these came with. */
  readonly sessions: (string | undefined)[];
  /** What roles were asked for with. */
  readonly roles: Record<string, string>[];
  stop(): Promise<void>;
}

/** The keys of a login. */
export interface AwsKeys {
  accessKeyId: string;
  secretAccessKey: string;
}

/** Keys as AWS makes them, and nobody's. */
export function makeKeys(secretAccessKey = randomBytes(20).toString("hex")): AwsKeys {
  return { accessKeyId: `key-${randomBytes(8).toString("hex")}`, secretAccessKey };
}

/** The variables of a login with them. */
export function environmentOf({ accessKeyId, secretAccessKey }: AwsKeys) {
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
}

/** @param keys the login that it takes; another from when they are changed on */
export async function startFakeSecretsManager(keys: AwsKeys): Promise<FakeSecretsManager> {
  const asked: Record<string, unknown>[] = [];
  const faults: FakeSecretsManager["faults"] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const fault = faults.shift();
    if (fault === "hang") return;
    if (fault === "reset") return void request.socket.resetAndDestroy();
    response.setHeader("Content-Type", "application/x-amz-json-1.1");
    const refuse = ({ status, type, message = "" }: SecretsManagerFault) => {
      response.statusCode = status;
      response.end(JSON.stringify({ __type: type, ...(message === "" ? {} : { Message: message }) }));
    };
    if (fault !== undefined && "raw" in fault) {
      response.statusCode = fault.status;
      return void response.end(fault.raw);
    }
    if (fault !== undefined) return refuse(fault);
    const form = new URLSearchParams(body);
    const isStandIn = form.get("Action") === "AssumeRole";
    const wrong = (isStandIn ? undefined : protocolFault(request)) ?? signatureFault(request, body, keys);
    if (wrong !== undefined) return refuse(wrong);
    if (isStandIn) {
      fake.roles.push(Object.fromEntries(form));
      response.setHeader("Content-Type", "text/xml");
      // The role's keys are those of whoever takes it: what matters here is the way.
      return void response.end(assumedRole(keys));
    }
    const given = JSON.parse(body) as Record<string, unknown>;
    asked.push(given);
    fake.sessions.push(request.headers["x-amz-security-token"] as string | undefined);
    const { secret } = fake;
    const held =
      typeof secret === "string" ? { SecretString: secret } : { SecretBinary: Buffer.from(secret).toString("base64") };
    const name = String(given["SecretId"]);
    response.end(
      JSON.stringify({ ARN: `arn:aws:secretsmanager:eu-central-1:111122223333:secret:${name}`, Name: name, ...held }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const fake: FakeSecretsManager = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secret: "",
    faults,
    asked,
    sessions: [],
    roles: [],
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;
}

function protocolFault({ method, url, headers }: IncomingMessage): SecretsManagerFault | undefined {
  const isCall =
    method === "POST" &&
    url === "/" &&
    headers["x-amz-target"] === "secretsmanager.GetSecretValue" &&
    headers["content-type"] === "application/x-amz-json-1.1";
  return isCall ? undefined : { status: 400, type: "UnknownOperationException" };
}

/** As AWS's documentation of signature version 4 has it, for a request without a query. */
function signatureFault(
  { headers }: IncomingMessage,
  body: string,
  { accessKeyId, secretAccessKey }: AwsKeys,
): SecretsManagerFault | undefined {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8}\/[\w-]+\/(?:secretsmanager|sts)\/aws4_request), SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})$/;
  const [, key, scope = "", signed = "", signature] = pattern.exec(headers.authorization ?? "") ?? [];
  if (key === undefined) return { status: 400, type: "MissingAuthenticationTokenException" };
  if (key !== accessKeyId) return { status: 400, type: "UnrecognizedClientException" };
  const lines = signed.split(";").map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const canonical = ["POST", "/", "", lines.join(""), signed, sha256(body)].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, sha256(canonical)].join("\n");
  const signing = scope
    .split("/")
    .reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`);
  return hmac(signing, toSign).toString("hex") === signature
    ? undefined
    : { status: 400, type: "InvalidSignatureException" };
}

/** STS's answer in the form of its query protocol. */
function assumedRole({ accessKeyId, secretAccessKey }: AwsKeys): string {
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  const credentials = `<AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey><SessionToken>session</SessionToken><Expiration>${expiration}</Expiration>`;
  const user =
    "<AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/r/s</Arn><AssumedRoleId>A:s</AssumedRoleId></AssumedRoleUser>";
  return `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>${credentials}</Credentials>${user}</AssumeRoleResult></AssumeRoleResponse>`;
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
