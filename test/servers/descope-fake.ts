/**
 * A project of Descope as far as sessions go: its key set, renewal by refresh token, and the exchange of access keys. Strict about what it
 * is sent; plugins/descope/test/sdk.test.ts holds it to Descope's own SDK. Its errors have Descope's form: https://docs.descope.com/api/errors
 */
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createSigningKey, type SigningKey, signed } from "./descope-fake/keys.ts";
import { type Answer, type Call, callOf, type Fault, write } from "./fake-call.ts";

export { createSigningKey, type SigningKey, signed } from "./descope-fake/keys.ts";
export type { Fault } from "./fake-call.ts";

/** What can be asked of it. */
export type Endpoint = "keys" | "refresh" | "exchange";

export interface FakeDescope {
  /** On loopback. */
  readonly url: string;
  readonly projectId: string;
  /** The one that it takes; another from when it is changed on. */
  accessKey: string;
  /** The one that it takes. */
  refreshToken: string;
  /** What sessions say of their user beside `sub`. */
  user: Record<string, unknown>;
  /** Seconds for which a session lasts. */
  lifetime: number;
  /** Whether a refresh token is good for one use, and the next comes with the session. */
  rotatesRefreshTokens: boolean;
  /** Whether tokens come as cookies alone. */
  answersInCookies: boolean;
  /** Milliseconds since the Unix epoch. Default: the machine's clock. */
  now: () => number;
  /** The one that signs. The key set has it, and those that were before. */
  readonly key: SigningKey;
  /** Given in place of answers, one for each request to that endpoint. */
  readonly faults: Readonly<Record<Endpoint, Fault[]>>;
  /** How often each was asked. */
  readonly asked: Readonly<Record<Endpoint, number>>;
  /** Every token that it gave out, the newest last. */
  readonly sessions: readonly string[];
  /** The token of a session, with claims and parts of its header changed: undefined leaves one out. */
  session(claims?: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>): string;
  /** Signs with a new key from now on. @param keeps whether the set still has the old ones */
  rotateKeys(options?: { readonly keeps?: boolean }): void;
  stop(): Promise<void>;
}

const paths: Readonly<Record<string, Endpoint>> = {
  "/v1/auth/refresh": "refresh",
  "/v1/auth/accesskey/exchange": "exchange",
};

/** @param project default: an id as Descope's are */
export async function startFakeDescope(project: { readonly id?: string } = {}): Promise<FakeDescope> {
  const projectId = project.id ?? `P2${randomUUID().replaceAll("-", "").slice(0, 26)}`;
  let keys = [createSigningKey()];
  const asked = { keys: 0, refresh: 0, exchange: 0 };
  const faults: FakeDescope["faults"] = { keys: [], refresh: [], exchange: [] };
  const sessions: string[] = [];

  const server = createServer(async (request, response) => {
    const call = await callOf(request);
    const endpoint = call.url.pathname.startsWith("/v2/keys/") ? "keys" : paths[call.url.pathname];
    if (endpoint === undefined) return write(refusal(404, "E011002", "no such endpoint"), call, response);
    asked[endpoint]++;
    write(faults[endpoint].shift() ?? answers[endpoint](call), call, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const answers: Readonly<Record<Endpoint, (call: Call) => Answer>> = {
    keys({ method, url }) {
      if (method !== "GET") return refusal(405, "E011001", "method not allowed");
      if (url.pathname !== `/v2/keys/${projectId}`) return refusal(404, "E062108", "project not found");
      return { status: 200, body: { keys: keys.map(({ jwk }) => jwk) } };
    },
    refresh(call) {
      const token = provenBy(call);
      if (typeof token !== "string") return token;
      if (token !== fake.refreshToken) return refusal(401, "E064001", `token ${token} is not valid`);
      if (fake.rotatesRefreshTokens) fake.refreshToken = refreshToken();
      return tokens({ refreshJwt: fake.refreshToken });
    },
    exchange: (call) => {
      const key = provenBy(call);
      if (typeof key !== "string") return key;
      if (key !== fake.accessKey) return refusal(401, "E062201", `access key ${key} is not valid`);
      return tokens({ keyId: `K2${randomUUID()}` });
    },
  };

  /** What stands behind the project's id in the credential; or what is wrong with the request. */
  function provenBy({ method, headers, body }: Call): string | Answer {
    if (method !== "POST") return refusal(405, "E011001", "method not allowed");
    const [, project, proof] = /^Bearer ([^:]+):(.+)$/.exec(headers.authorization ?? "") ?? [];
    if (project !== projectId || headers["x-descope-project-id"] !== projectId) {
      return refusal(400, "E011003", "project id is missing or unknown");
    }
    if (!/^application\/json\b/.test(headers["content-type"] ?? "") || !isObject(body)) {
      return refusal(400, "E011001", "request is malformed");
    }
    return proof ?? refusal(401, "E061301", "no credential");
  }

  function tokens({ refreshJwt, keyId }: { refreshJwt?: string; keyId?: string }): Answer {
    const sessionJwt = fake.session();
    sessions.push(sessionJwt);
    const expiration = Math.floor(fake.now() / 1000) + fake.lifetime;
    if (keyId !== undefined) return { status: 200, body: { keyId, sessionJwt, expiration } };
    if (!fake.answersInCookies) return { status: 200, body: { sessionJwt, refreshJwt, sessionExpiration: expiration } };
    const cookies = [`DS=${sessionJwt}; Path=/; Secure`, `DSR=${refreshJwt}; Path=/; HttpOnly; Secure`];
    return { status: 200, body: { sessionExpiration: expiration }, headers: { "Set-Cookie": cookies } };
  }

  function refreshToken(): string {
    const iat = Math.floor(fake.now() / 1000);
    const claims = { drn: "DSR", iss: projectId, sub: "U2ann", iat, exp: iat + 2_419_200, jti: randomUUID() };
    return signed(fake.key, claims);
  }

  const fake: FakeDescope = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    projectId,
    accessKey: `K2${randomUUID().replaceAll("-", "")}`,
    refreshToken: "",
    user: { email: "ann@example.com", name: "Ann Example", roles: ["mlflow-editor"], permissions: ["mlflow:read"] },
    lifetime: 600,
    rotatesRefreshTokens: false,
    answersInCookies: false,
    now: Date.now,
    get key() {
      return keys[0] as SigningKey;
    },
    faults,
    asked,
    sessions,
    session(claims = {}, header = {}) {
      const iat = Math.floor(fake.now() / 1000);
      const usual = { drn: "DS", iss: projectId, sub: "U2ann", iat, exp: iat + fake.lifetime, jti: randomUUID() };
      return signed(fake.key, { ...usual, ...fake.user, ...claims }, header);
    },
    rotateKeys({ keeps = true } = {}) {
      keys = [createSigningKey(), ...(keeps ? keys : [])];
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  fake.refreshToken = refreshToken();
  return fake;
}

/** An error in Descope's form. */
export function refusal(status: number, errorCode: string, errorDescription: string): Answer {
  return { status, body: { errorCode, errorDescription, errorMessage: errorDescription, message: errorDescription } };
}

function isObject(body: string): boolean {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null;
  } catch {
    return false;
  }
}
