import { type Answer, type Call, denied, deniedByPolicy, envelope, errors, invalidToken, noContent } from "./answer.ts";
import { AppRole } from "./approle.ts";
import type { AuthMethod } from "./auth-method.ts";
import { JwtMethod } from "./jwt.ts";
import { Kubernetes } from "./kubernetes.ts";
import { Mounts } from "./mounts.ts";
import { type Capability, Policies } from "./policies.ts";
import { type Token, Tokens } from "./tokens.ts";
import { Wrapping } from "./wrapping.ts";

const needed: Record<string, Capability[]> = {
  GET: ["read"],
  LIST: ["list"],
  POST: ["create", "update"],
  PUT: ["create", "update"],
  DELETE: ["delete"],
};

/** The part of Vault that the plugin and the tests use, without sockets. */
export class FakeVaultCore {
  readonly tokens: Tokens;
  sealed = false;
  readonly #policies = new Policies();
  readonly #mounts = new Mounts();
  readonly #methods = new Map<string, AuthMethod>();
  readonly #wrapping: Wrapping;
  readonly #now: () => number;

  constructor(rootToken: string, now: () => number) {
    this.#now = now;
    this.#wrapping = new Wrapping(now);
    this.tokens = new Tokens(now);
    this.tokens.create({ id: rootToken, policies: ["root"], orphan: true });
  }

  handle(call: Call): Answer {
    const { path } = call;
    if (path === "sys/health") return this.#health();
    if (this.sealed) return errors(503, "Vault is sealed");
    const login = /^(auth\/.+\/)login$/.exec(path);
    const method = login === null ? undefined : this.#methods.get(login[1] as string);
    if (method !== undefined) return method.login(call);

    const unwrapped = this.#wrapping.handle(call);
    if (unwrapped !== undefined) return unwrapped;
    if (call.token === undefined) return denied;
    const token = this.tokens.find(call.token);
    if (token === undefined) return invalidToken;
    if (path.startsWith("sys/internal/ui/mounts/")) return this.#mounts.describe(path, token, this.#policies);
    if (!this.#policies.allow(token.policies, path, needed[call.method] ?? [])) return deniedByPolicy;
    const answer = this.#route(call, token);
    return call.wrapTtl === undefined ? answer : this.#wrapping.wrap(call, answer);
  }

  #route(call: Call, token: Token): Answer {
    const { path } = call;
    const mount = this.#mounts.find(path);
    if (mount !== undefined) return mount.engine.handle(call, path.slice(mount.path.length));
    const answer = path.startsWith("auth/token/")
      ? this.tokens.handle(call, token)
      : path.startsWith("sys/")
        ? this.#system(call)
        : this.#method(call);
    if (answer !== undefined) return answer;
    // This must not look like Vault's own 404, for the real one may know this call.
    if (/^(sys|auth\/token)\//.test(path)) return errors(501, `the fake Vault does not know ${call.method} ${path}`);
    return errors(404, `no handler for route "${path}". route entry not found.`);
  }

  #system(call: Call): Answer | undefined {
    const { path, body } = call;
    const isWrite = call.method === "POST" || call.method === "PUT";
    if (path === "sys/wrapping/wrap" && isWrite) return envelope(200, { data: body, mountType: "system" });
    if (path.startsWith("sys/mounts/")) return this.#mounts.handle(call);
    if (path === "sys/seal" && isWrite) {
      this.sealed = true;
      return noContent;
    }
    const [, policy] = /^sys\/polic(?:y|ies\/acl)\/([^/]+)$/.exec(path) ?? [];
    if (policy !== undefined && isWrite) {
      this.#policies.set(policy, String(body["policy"]));
      return noContent;
    }
    const [, method] = /^sys\/auth\/(.+?)\/?$/.exec(path) ?? [];
    if (method === undefined || !isWrite) return undefined;
    const place = `auth/${method}/`;
    if (this.#methods.has(place)) return errors(400, `path is already in use at ${method}/`);
    const made = this.#newMethod(body["type"]);
    if (made === undefined) return errors(400, `plugin not found in the catalog: ${body["type"]}`);
    this.#methods.set(place, made);
    return noContent;
  }

  #newMethod(type: unknown): AuthMethod | undefined {
    if (type === "approle") return new AppRole(this.tokens);
    if (type === "kubernetes") return new Kubernetes(this.tokens, this.#now);
    return type === "jwt" ? new JwtMethod(this.tokens, this.#now) : undefined;
  }

  #method(call: Call): Answer | undefined {
    for (const [place, method] of this.#methods)
      if (call.path.startsWith(place)) return method.handle(call, call.path.slice(place.length));
    return undefined;
  }

  #health(): Answer {
    const body = { initialized: true, sealed: this.sealed, standby: this.sealed, version: "1.18.0" };
    return { status: this.sealed ? 503 : 200, body };
  }
}
