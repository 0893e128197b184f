/**
 * Where the AWS SDK logs in beside keys: the portal of IAM Identity Center (SSO) with its OIDC endpoint, STS for web identities, the
 * role of a container and that of an instance. Each as AWS documents it, with what must come along checked.
 */
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { AwsKeys } from "./secrets-manager-fake.ts";

/** Which of them was asked. */
export type AwsLoginKind = "sso" | "oidc" | "web-identity" | "role" | "container" | "instance" | "unknown";

/** What is answered in place of keys: an exception of AWS, by status, name and message. */
export interface AwsLoginFault {
  readonly status: number;
  readonly type: string;
  readonly message?: string;
}

export interface FakeAwsLogins {
  readonly endpoint: string;
  /** The tokens that are taken, each by the kind of login that brings it. */
  readonly tokens: { sso: string; refresh: string; "web-identity": string; container: string };
  /** Answered to every request while it is there; `reset` breaks the connection. */
  fault: AwsLoginFault | "reset" | undefined;
  /** `sso GET /federation/credentials?…`, one line for each request. */
  readonly asked: string[];
  stop(): Promise<void>;
}

interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly form: URLSearchParams;
  readonly json: Record<string, unknown>;
}

interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body: string;
}

/** @param keys what every login gives, with the session token `session-KIND` */
export async function startFakeAwsLogins(keys: AwsKeys): Promise<FakeAwsLogins> {
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const url = new URL(request.url ?? "/", "http://fake");
    const { method = "", headers } = request;
    const isJson = headers["content-type"]?.includes("json") === true;
    const asked: Asked = {
      method,
      url,
      headers,
      form: new URLSearchParams(body),
      json: isJson ? JSON.parse(body) : {},
    };
    const kind = kindOf(asked);
    fake.asked.push(`${kind} ${method} ${request.url}`);
    if (fake.fault === "reset") return void request.socket.resetAndDestroy();
    const {
      status,
      type = "application/json",
      body: answer,
    } = fake.fault === undefined ? answerOf(kind, asked, keys, fake) : faultAnswer(kind, fake.fault);
    response.writeHead(status, { "Content-Type": type }).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const fake: FakeAwsLogins = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tokens: { sso: "", refresh: "", "web-identity": "", container: "" },
    fault: undefined,
    asked: [],
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;
}

function kindOf({ method, url: { pathname }, form }: Asked): AwsLoginKind {
  const call = `${method} ${pathname}`;
  if (call === "GET /federation/credentials") return "sso";
  if (call === "POST /token") return "oidc";
  const action = call === "POST /" ? form.get("Action") : undefined;
  if (action === "AssumeRoleWithWebIdentity") return "web-identity";
  if (action === "AssumeRole") return "role";
  if (call === "GET /container") return "container";
  return pathname.startsWith("/latest/") ? "instance" : "unknown";
}

const json = (value: unknown, status = 200): Answer => ({ status, body: JSON.stringify(value) });
const inAnHour = () => new Date(Date.now() + 3_600_000);

function answerOf(
  kind: AwsLoginKind,
  { method, url, headers, form, json: given }: Asked,
  { accessKeyId, secretAccessKey }: AwsKeys,
  { tokens }: FakeAwsLogins,
): Answer {
  const refuse = (status: number, type: string, message: string) => faultAnswer(kind, { status, type, message });
  const sessionToken = `session-${kind}`;
  switch (kind) {
    case "sso":
      if (headers["x-amz-sso_bearer_token"] !== tokens.sso) {
        return refuse(401, "UnauthorizedException", "Session token not found or invalid");
      }
      if (!url.searchParams.get("role_name") || !/^\d{12}$/.test(url.searchParams.get("account_id") ?? "")) {
        return refuse(400, "InvalidRequestException", "role_name and account_id are required");
      }
      return json({
        roleCredentials: { accessKeyId, secretAccessKey, sessionToken, expiration: inAnHour().getTime() },
      });
    case "oidc":
      if (given["grantType"] !== "refresh_token" || given["refreshToken"] !== tokens.refresh) {
        return refuse(400, "InvalidGrantException", "the refresh token is not known");
      }
      return json({ accessToken: tokens.sso, expiresIn: 3600, refreshToken: tokens.refresh, tokenType: "Bearer" });
    case "web-identity":
      if (headers.authorization !== undefined) return refuse(403, "SignatureDoesNotMatch", "this call is not signed");
      if (form.get("WebIdentityToken") !== tokens["web-identity"]) {
        return refuse(400, "InvalidIdentityToken", "No OpenIDConnect provider found for this token");
      }
      return {
        status: 200,
        type: "text/xml",
        body: `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey><SessionToken>${sessionToken}</SessionToken><Expiration>${inAnHour().toISOString()}</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
      };
    case "container":
      if (headers.authorization !== tokens.container) return refuse(401, "Unauthorized", "no such token");
      return json({
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        Token: sessionToken,
        Expiration: inAnHour().toISOString(),
      });
    case "instance":
      return instanceAnswer(method, url.pathname, headers, {
        Code: "Success",
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        Token: sessionToken,
        Expiration: inAnHour().toISOString(),
      });
    // The fake Secrets Manager gives roles: this one is asked to refuse them.
    case "role":
    case "unknown":
      return refuse(404, "UnknownOperationException", "");
  }
}

/** Version 2 of the instance's metadata: a session first, and its token with each question. */
function instanceAnswer(method: string, path: string, headers: IncomingHttpHeaders, keys: object): Answer {
  if (method === "PUT" && path === "/latest/api/token") {
    return headers["x-aws-ec2-metadata-token-ttl-seconds"] ? { status: 200, body: "metadata-session" } : json({}, 400);
  }
  if (headers["x-aws-ec2-metadata-token"] !== "metadata-session") return json({}, 401);
  const roles = "/latest/meta-data/iam/security-credentials/";
  if (path === roles) return { status: 200, type: "text/plain", body: "trainer" };
  return path === `${roles}trainer` ? json(keys) : json({}, 404);
}

function faultAnswer(kind: AwsLoginKind, { status, type, message = "" }: AwsLoginFault): Answer {
  if (kind !== "web-identity" && kind !== "role")
    return json({ __type: type, message, error: type, code: type }, status);
  return {
    status,
    type: "text/xml",
    body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${type}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
  };
}
