/** One listed server: its pipelines, and what is done when it refuses a credential. */
import type { ServerConfig } from "../config/config.js";
import type { Logger } from "../provider/context.js";
import type { Clock } from "../time/clock.js";
import type { Answer, AuthPipeline, AuthSlot } from "./auth.js";
import { type Authorization, compose, sameHeaders } from "./compose.js";
import { createCoolDowns } from "./cool-down.js";
import type { Additions, HeaderPipeline, HeaderSlot } from "./headers.js";
import { isPermissionDenial, type Suspicion } from "./refusal.js";
import { type GateRequest, LazyProviderRequest } from "./request.js";
import { isPromise, pluginFault, withTimeout } from "./slot.js";
import type { TagPipeline } from "./tags.js";

export interface Refusal {
  readonly suspicion: Suspicion;
  /** The beginning of the answer's body, where the suspicion is `permission`. */
  readonly body?: string | undefined;
}

export interface Route {
  readonly uri: string;
  readonly server: ServerConfig;
  readonly tagPipeline: TagPipeline;
  authorize(request: GateRequest): Authorization | Promise<Authorization>;
  refused(authorization: Authorization, refusal: Refusal, request: GateRequest): Promise<Authorization | undefined>;
}

export interface RouteOptions {
  readonly server: ServerConfig;
  readonly authPipeline: AuthPipeline | undefined;
  readonly headerPipeline: HeaderPipeline | undefined;
  readonly headers: readonly HeaderSlot[];
  readonly tagPipeline: TagPipeline;
  readonly clock: Clock;
  readonly logger: Logger;
}

const none: Additions = Object.freeze([]);

export function createRoute(options: RouteOptions): Route {
  const { server, authPipeline, headerPipeline, headers, tagPipeline, clock, logger } = options;
  let last: { answer: Answer | undefined; additions: Additions; authorization: Authorization } | undefined;
  const answers = new WeakMap<Authorization, Answer>();
  const coolDowns = createCoolDowns(clock);
  const refreshes = new Map<string, Promise<Authorization | undefined>>();

  function authorize(request: GateRequest): Authorization | Promise<Authorization> {
    const asked = new LazyProviderRequest(request, server);
    const answer = authPipeline?.resolve(asked);
    const additions = headerPipeline === undefined ? none : headerPipeline.resolve(asked);
    // Nearly always: what was answered last, neither of which is a promise.
    if (last !== undefined && last.answer === answer && last.additions === additions) return last.authorization;
    if (isPromise(answer) || isPromise(additions)) return Promise.all([answer, additions]).then(([a, b]) => put(a, b));
    return put(answer, additions);
  }

  /** The same objects from the same providers make the same headers: composed and checked once. */
  function put(answer: Answer | undefined, additions: Additions): Authorization {
    if (last !== undefined && last.answer === answer && sameItems(last.additions, additions)) return last.authorization;
    const authorization = compose(server, answer, additions, headers);
    if (answer !== undefined) answers.set(authorization, answer);
    last = { answer, additions, authorization };
    return authorization;
  }

  async function refused(authorization: Authorization, refusal: Refusal, request: GateRequest) {
    const slot = answers.get(authorization)?.slot;
    if (slot === undefined || authorization.provider === undefined) return undefined;
    if (refusal.suspicion === "permission" && isPermissionDenial(refusal.body ?? "")) return undefined;
    const current = await attempt(request);
    // Somebody else's refusal, or the cache's own refresh, has brought another secret already.
    if (current !== undefined && !sameHeaders(current, authorization)) return current;
    const pending = refreshes.get(slot.instance);
    if (pending !== undefined) return await pending;
    const refresh = refetch(slot, authorization, refusal.suspicion, request);
    refreshes.set(slot.instance, refresh);
    return await refresh.finally(() => refreshes.delete(slot.instance));
  }

  async function refetch(slot: AuthSlot, authorization: Authorization, suspicion: Suspicion, request: GateRequest) {
    if (coolDowns.active(slot.instance)) return undefined;
    let next: Authorization | undefined;
    let why = "the secret store still has the same one";
    try {
      const invalidated = slot.provider.invalidate(suspicion === "credential" ? "refused" : "doubted");
      if (isPromise(invalidated)) await withTimeout(invalidated, slot, clock);
      next = await authorize(request);
    } catch (thrown) {
      why = pluginFault(thrown, slot.instance).message;
    }
    if (next !== undefined && !sameHeaders(next, authorization)) {
      coolDowns.end(slot.instance);
      return next;
    }
    coolDowns.begin(slot.instance);
    logger.warn({ plugin: slot.instance, server: server.uri, reason: suspicion }, explain(slot, suspicion, why));
    return undefined;
  }

  async function attempt(request: GateRequest): Promise<Authorization | undefined> {
    try {
      return await authorize(request);
    } catch {
      // `refetch` asks again and reports it.
      return undefined;
    }
  }

  function explain({ instance }: AuthSlot, suspicion: Suspicion, why: string): string {
    switch (suspicion) {
      case "credential":
        return `${server.uri} refused the credential of ${instance} with 401; ${why}`;
      case "permission":
        return `${server.uri} answered 403, and not as MLflow does: what stands before it may refuse the credential of ${instance}; ${why}`;
      case "login page":
        return `${server.uri} answered an API request with a login page instead of JSON: what stands before it wants a person to sign in, and does not take the credential of ${instance} as it is sent; ${why}`;
    }
  }

  return { uri: server.uri, server, tagPipeline, authorize, refused };
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a === b) return true;
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
