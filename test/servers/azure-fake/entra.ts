/** The token endpoint of Microsoft Entra ID: client credentials by secret, by certificate, and by a token of a trusted issuer. */
import { constants, createHash, generateKeyPairSync, randomUUID, sign, verify, X509Certificate } from "node:crypto";
import type { Answer, Call, Fault } from "../fake-call.ts";
import type { Tokens } from "./tokens.ts";

/** A token issuer that an application trusts. */
export interface Trusted {
  readonly issuer: string;
  readonly subject: string;
  /** PEM. */
  readonly publicKey: string;
}

export interface FakeEntra {
  readonly tenant: string;
  readonly clientId: string;
  /** The application's secret. */
  secret: string;
  /** PEM of the certificate that the application has. */
  certificate: string | undefined;
  trusted: Trusted | undefined;
  /** Seconds for which a token is said to be valid. */
  lifetime: number;
  /** Where it says that tokens are had, to clients that look around first. */
  tokenEndpoint: string | undefined;
  /** Given in place of tokens, one for each request. */
  readonly faults: Fault[];
  /** How each login was asked for: `secret`, `certificate`, `federated`. */
  readonly logins: string[];
  answer(call: Call): Fault;
}

/** @param host its host name, such as `login.microsoftonline.com` */
export function createEntra(host: string, resource: string, tokens: Tokens): FakeEntra {
  const used = new Set<string>();
  const entra: FakeEntra = {
    tenant: randomUUID(),
    clientId: randomUUID(),
    secret: randomUUID(),
    certificate: undefined,
    trusted: undefined,
    lifetime: 3_599,
    tokenEndpoint: undefined,
    faults: [],
    logins: [],
    answer({ method, url, headers, body }) {
      const [, tenant, ...path] = url.pathname.split("/");
      if (method === "GET" && path.join("/") === "v2.0/.well-known/openid-configuration") {
        return tenant === entra.tenant ? metadata() : noTenant(tenant);
      }
      if (method !== "POST" || path.join("/") !== "oauth2/v2.0/token") return { status: 404, body: "not here" };
      const fault = entra.faults.shift();
      if (fault !== undefined) return fault;
      if (!/^application\/x-www-form-urlencoded\b/.test(headers["content-type"] ?? "")) {
        return failure(900144, "invalid_request", "The request body must contain the parameter 'grant_type'.");
      }
      if (tenant !== entra.tenant) return noTenant(tenant);
      const form = new URLSearchParams(body);
      if (form.get("client_id") !== entra.clientId) {
        return failure(700016, "unauthorized_client", "Application was not found in the directory.");
      }
      const scope = (form.get("scope") ?? "").split(" ");
      if (form.get("grant_type") !== "client_credentials" || !scope.includes(`${resource}/.default`)) {
        return failure(500011, "invalid_resource", "The resource principal was not found in the tenant.");
      }
      return prove(form) ?? token();
    },
  };

  /** Undefined where the application has shown that it is itself. */
  function prove(form: URLSearchParams): Answer | undefined {
    const secret = form.get("client_secret");
    if (secret !== null) {
      entra.logins.push("secret");
      return secret === entra.secret
        ? undefined
        : failure(7000215, "invalid_client", `Invalid client secret provided. '${secret}' is not one.`, 401);
    }
    if (form.get("client_assertion_type") !== "urn:ietf:params:oauth:client-assertion-type:jwt-bearer") {
      return failure(7000218, "invalid_client", "The request body must contain 'client_assertion' or 'client_secret'.");
    }
    const assertion = form.get("client_assertion") ?? "";
    const { head, claims, signed, signature } = partsOf(assertion);
    const now = Date.now() / 1000;
    if (!(Number(claims["exp"]) > now) || Number(claims["nbf"] ?? 0) > now + 60) {
      return failure(700024, "invalid_client", "Client assertion is not within its valid time range.");
    }
    if (claims["iss"] !== entra.clientId) {
      entra.logins.push("federated");
      const { trusted } = entra;
      const isTrusted =
        claims["iss"] === trusted?.issuer &&
        claims["sub"] === trusted?.subject &&
        claims["aud"] === "api://AzureADTokenExchange" &&
        verify("sha256", signed, { key: trusted?.publicKey ?? "", dsaEncoding: "ieee-p1363" }, signature);
      return isTrusted ? undefined : failure(700213, "invalid_client", "No matching federated identity record found.");
    }
    entra.logins.push("certificate");
    const endpoint = `https://${host}/${entra.tenant}/oauth2/v2.0/token`;
    const isOnce = typeof claims["jti"] === "string" && !used.has(claims["jti"]);
    used.add(String(claims["jti"]));
    const isSigned = entra.certificate !== undefined && isSignedBy(entra.certificate, head, signed, signature);
    return isOnce && isSigned && claims["aud"] === endpoint && claims["sub"] === entra.clientId
      ? undefined
      : failure(700027, "invalid_client", "Client assertion failed signature validation.");
  }

  function metadata(): Answer {
    const base = `https://${host}/${entra.tenant}`;
    const body = {
      issuer: `${base}/v2.0`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      token_endpoint: entra.tokenEndpoint ?? `${base}/oauth2/v2.0/token`,
      end_session_endpoint: `${base}/oauth2/v2.0/logout`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
    };
    return { status: 200, body };
  }

  function token(): Answer {
    const access_token = tokens.mint({ audience: resource, tenant: entra.tenant, client: entra.clientId });
    const { lifetime } = entra;
    const body = { token_type: "Bearer", expires_in: lifetime, ext_expires_in: lifetime, access_token };
    return { status: 200, body };
  }

  return entra;
}

const noTenant = (tenant = "") => failure(90002, "invalid_request", `Tenant '${tenant}' not found.`);

/** An error in the form of the token endpoint. */
export function failure(number: number, error: string, told: string, status = 400): Answer {
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${number}: ${told} Trace ID: ${randomUUID()}`,
      error_codes: [number],
      timestamp: "2026-01-01 00:00:00Z",
      trace_id: randomUUID(),
      correlation_id: randomUUID(),
      error_uri: `https://login.microsoftonline.com/error?code=${number}`,
    },
  };
}

/** By thumbprint and signature (PS256), as https://learn.microsoft.com/entra/identity-platform/certificate-credentials has it. */
function isSignedBy(pem: string, head: Record<string, unknown>, signed: Buffer, signature: Buffer): boolean {
  const certificate = new X509Certificate(pem);
  const thumbprint = createHash("sha256").update(certificate.raw).digest("base64url");
  if (head["alg"] !== "PS256" || head["x5t#S256"] !== thumbprint) return false;
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return verify("sha256", signed, { key: certificate.publicKey, padding, saltLength: 32 }, signature);
}

/**
 * A token as a cluster issues it, and the application told to trust it.
 *
 * @param changed claims that are other than the application wants them
 */
export function workloadToken(entra: FakeEntra, changed: Readonly<Record<string, unknown>> = {}): string {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const issuer = "https://oidc.cluster.example.com/";
  const subject = "system:serviceaccount:ml:trainer";
  entra.trusted = { issuer, subject, publicKey: publicKey.export({ type: "spki", format: "pem" }).toString() };
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: issuer,
    sub: subject,
    aud: "api://AzureADTokenExchange",
    exp: now + 3_600,
    nbf: now,
    ...changed,
  };
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "ES256", typ: "JWT" })}.${part(claims)}`;
  const signature = sign("sha256", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

function partsOf(jwt: string) {
  const [head = "", claims = "", signature = ""] = jwt.split(".");
  const decoded = (part: string): Record<string, unknown> => {
    try {
      return JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as Record<string, unknown>;
    } catch {
      return {};
    }
  };
  return {
    head: decoded(head),
    claims: decoded(claims),
    signed: Buffer.from(`${head}.${claims}`),
    signature: Buffer.from(signature, "base64url"),
  };
}
