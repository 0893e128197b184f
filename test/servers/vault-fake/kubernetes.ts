import type { KeyObject } from "node:crypto";
import { type Answer, type Call, denied, envelope, errors, noContent } from "./answer.ts";
import type { AuthMethod } from "./auth-method.ts";
import { type Claims, publicKeys, readSigned } from "./signed-token.ts";
import { roleTokenSettings, type TokenSettings } from "./token-settings.ts";
import { authBlock, newEntity, type Tokens } from "./tokens.ts";

interface Role {
  readonly names: readonly string[];
  readonly namespaces: readonly string[];
  readonly audience: string;
  readonly settings: TokenSettings;
  readonly entity: string;
}

/**
 * The Kubernetes auth method at one mount, written after HashiCorp's vault-plugin-auth-kubernetes as Vault 1.18 has it. There is
 * no cluster: a token that a key of the configuration (`pem_keys`) has signed counts as one that its TokenReview has confirmed.
 */
export class Kubernetes implements AuthMethod {
  readonly #roles = new Map<string, Role>();
  readonly #tokens: Tokens;
  readonly #now: () => number;
  #keys: readonly KeyObject[] | undefined;

  constructor(tokens: Tokens, now: () => number) {
    this.#tokens = tokens;
    this.#now = now;
  }

  login({ path, body }: Call): Answer {
    const name = String(body["role"] ?? "");
    if (name === "") return errors(400, "missing role");
    if (!body["jwt"]) return errors(400, "missing jwt");
    const role = this.#roles.get(name);
    if (role === undefined) return errors(400, `invalid role name "${name}"`);
    if (this.#keys === undefined) return errors(500, "could not load backend configuration");
    const claims = readSigned(String(body["jwt"]), this.#keys, this.#now());
    if (typeof claims === "string") return denied;
    const account = serviceAccount(claims);
    if (role.audience !== "" && ![claims["aud"]].flat().includes(role.audience)) {
      return errors(403, "invalid audience (aud) claim: audience claim does not match any expected audience");
    }
    if (!binds(role.namespaces, account.namespace)) return errors(403, "namespace not authorized");
    if (!binds(role.names, account.name)) return errors(403, "service account name not authorized");
    const token = this.#tokens.create({
      ...role.settings,
      path,
      displayName: `${path.split("/")[1]}-${account.namespace}-${account.name}`,
      metadata: {
        role: name,
        service_account_name: account.name,
        service_account_namespace: account.namespace,
        service_account_secret_name: "",
        service_account_uid: account.uid,
      },
      entity: role.entity,
      orphan: true,
    });
    return envelope(200, { auth: authBlock(token) });
  }

  handle({ method, body }: Call, rest: string): Answer | undefined {
    if (method !== "POST" && method !== "PUT") return undefined;
    if (rest === "config") {
      if (!body["kubernetes_host"]) return errors(400, "no host provided");
      this.#keys = publicKeys(body["pem_keys"] ?? []);
      return this.#keys === undefined ? errors(400, "data does not contain any valid public keys") : noContent;
    }
    const [, name] = /^role\/([^/]+)$/.exec(rest) ?? [];
    if (name === undefined) return undefined;
    const names = list(body["bound_service_account_names"]);
    const namespaces = list(body["bound_service_account_namespaces"]);
    if (names.length === 0) return errors(400, '"bound_service_account_names" can not be empty');
    if (namespaces.length === 0) {
      return errors(
        400,
        '"bound_service_account_namespaces" can not be empty if "bound_service_account_namespace_selector" is not set',
      );
    }
    const audience = String(body["audience"] ?? "");
    this.#roles.set(name, { names, namespaces, audience, settings: roleTokenSettings(body), entity: newEntity() });
    return noContent;
  }
}

/** The form of the tokens of today's clusters, which are bound to a pod. */
function serviceAccount(claims: Claims): { name: string; namespace: string; uid: string } {
  const { namespace, serviceaccount } = (claims["kubernetes.io"] ?? {}) as Record<string, unknown>;
  const { name, uid } = (serviceaccount ?? {}) as Record<string, unknown>;
  return { name: String(name ?? ""), namespace: String(namespace ?? ""), uid: String(uid ?? "") };
}

const binds = (bound: readonly string[], name: string) => name !== "" && (bound.includes("*") || bound.includes(name));

const list = (value: unknown): string[] =>
  (Array.isArray(value) ? value.map(String) : String(value ?? "").split(",")).filter((item) => item !== "");
