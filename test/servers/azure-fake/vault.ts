/** Key Vault's REST protocol as far as one secret is read. Bodies as documented: https://learn.microsoft.com/rest/api/keyvault. */
import { randomBytes } from "node:crypto";
import type { Answer, Call, Fault } from "../fake-call.ts";
import type { Tokens } from "./tokens.ts";

/** Seconds since 1970, as Key Vault has them, and whether it is enabled. */
export interface Attributes {
  readonly enabled?: boolean;
  readonly nbf?: number;
  readonly exp?: number;
}

/** What else a version of a secret may have. */
export interface SecretDetails {
  readonly attributes?: Attributes;
  readonly contentType?: string;
  /** The key of the certificate that it belongs to. */
  readonly kid?: string;
}

interface Version extends SecretDetails {
  readonly version: string;
  readonly value: string;
}

export interface FakeKeyVault {
  readonly url: string;
  /** @returns the id of the new version */
  put(name: string, value: string, details?: SecretDetails): string;
  /** It can be recovered from then on, and is not among the secrets any more. */
  remove(name: string): void;
  /** Given in place of answers to requests with a good token, one for each; the first comes first. */
  readonly faults: Fault[];
  /** Given in place of answers to requests without a token. */
  readonly faultsBefore: Fault[];
  /** What it asks for in `WWW-Authenticate`. */
  challenge: string;
  /** `/secrets/NAME/VERSION`, of the requests that had a good token. */
  readonly asked: string[];
  /** The tokens that came, good or bad. */
  readonly tokens: string[];
  answer(call: Call): Fault;
}

/** @param host such as `team.vault.azure.net` */
export function createKeyVault(host: string, tenant: string, login: string, tokens: Tokens): FakeKeyVault {
  const resource = `https://${host.slice(host.indexOf(".") + 1)}`;
  const secrets = new Map<string, Version[]>();
  const removed = new Map<string, Version[]>();
  const vault: FakeKeyVault = {
    url: `https://${host}`,
    put(name, value, details = {}) {
      const version = randomBytes(16).toString("hex");
      secrets.set(name, [...(secrets.get(name) ?? []), { version, value, ...details }]);
      return version;
    },
    remove(name) {
      removed.set(name, secrets.get(name) ?? []);
      secrets.delete(name);
    },
    faults: [],
    faultsBefore: [],
    challenge: `Bearer authorization="https://${login}/${tenant}", resource="${resource}"`,
    asked: [],
    tokens: [],
    answer(call) {
      const { method, url, headers, body } = call;
      const version = url.searchParams.get("api-version");
      if (!/^(?:7\.\d|\d{4}-\d\d-\d\d)$/.test(version ?? "") || method !== "GET" || body !== "") {
        return refusal(400, "BadParameter", "The api-version, the method or the body is not valid.");
      }
      const [, token] = /^Bearer (\S+)$/.exec(headers.authorization ?? "") ?? [];
      if (token === undefined) {
        return vault.faultsBefore.shift() ?? unauthorized("AKV10000: Request is missing a Bearer or PoP token.");
      }
      vault.tokens.push(token);
      const claims = tokens.claimsOf(token);
      if (claims === undefined) return unauthorized("AKV10022: Invalid token.");
      if (claims.audience !== resource) return unauthorized("AKV10022: Invalid audience.");
      if (claims.tenant !== tenant) return unauthorized(`AKV10032: Invalid issuer. Expected https://sts.windows.net/.`);
      vault.asked.push(url.pathname);
      return vault.faults.shift() ?? read(url.pathname);
    },
  };

  function unauthorized(message: string): Answer {
    return { ...refusal(401, "Unauthorized", message), headers: { "WWW-Authenticate": vault.challenge } };
  }

  function read(path: string): Answer {
    const [, collection, name = "", version = ""] = path.split("/");
    const versions = collection === "secrets" ? secrets.get(name) : undefined;
    const found = version === "" ? versions?.at(-1) : versions?.find((each) => each.version === version);
    if (collection === "deletedsecrets" && removed.has(name)) {
      const deletedDate = Math.floor(Date.now() / 1000);
      return { status: 200, body: { id: `${vault.url}/secrets/${name}/x`, recoveryId: vault.url + path, deletedDate } };
    }
    if (found === undefined) {
      return refusal(
        404,
        "SecretNotFound",
        `A secret with (name/id) ${name} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command.`,
      );
    }
    const { attributes = {}, value, version: id, ...rest } = found;
    if (attributes.enabled === false) {
      return refusal(403, "Forbidden", "Operation get is not allowed on a disabled secret.", "SecretDisabled");
    }
    const created = { enabled: true, created: 1_700_000_000, updated: 1_700_000_000, recoverableDays: 90 };
    const all = { ...created, recoveryLevel: "Recoverable+Purgeable", ...attributes };
    return { status: 200, body: { value, id: `${vault.url}/secrets/${name}/${id}`, attributes: all, ...rest } };
  }

  return vault;
}

/** An error in Key Vault's form. */
export function refusal(status: number, code: string, message: string, inner?: string): Answer {
  return { status, body: { error: { code, message, ...(inner !== undefined && { innererror: { code: inner } }) } } };
}
