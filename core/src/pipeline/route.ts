/** One listed server: its pipelines, and what is done when it refuses a credential. */
import type { ServerConfig } from "../config/config.js";
import type { Logger } from "../provider/context.js";
import type { Clock } from "../time/clock.js";
import { type Answer, type AuthPipeline, type AuthSlot, sameCredential } from "./auth.js";
import { type Authorization, compose } from "./compose.js";
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
  const refreshes = new Map<string, Promise<boolean>>();

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
    const answer = answers.get(authorization);
    if (answer === undefined || authorization.provider === undefined) return undefined;
    const { suspicion } = refusal;
    if (suspicion === "permission" && isPermissionDenial(refusal.body ?? "")) return undefined;
    // Somebody else's refusal, or the cache's own refresh, may have brought another secret already.
    const already = await changed(answer, request);
    if (already !== undefined) return already;
    return (await renewed(answer, suspicion, request)) ? await changed(answer, request) : undefined;
  }

  /** What the request would carry now, if its credential is another one. */
  async function changed(answer: Answer, request: GateRequest): Promise<Authorization | undefined> {
    const current = await attempt(request);
    const given = current && answers.get(current);
    return given === undefined || sameCredential(given, answer) ? undefined : current;
  }

  /** Has the secret fetched anew, once for all who were refused at the same time. Whether it changed. */
  async function renewed(answer: Answer, suspicion: Suspicion, request: GateRequest): Promise<boolean> {
    const key = `${suspicion} ${answer.slot.instance}`;
    let refresh = refreshes.get(key);
    if (refresh === undefined) {
      if (coolDowns.active(answer, suspicion)) return false;
      refresh = refetch(answer, suspicion, request).finally(() => refreshes.delete(key));
      refreshes.set(key, refresh);
    }
    return await refresh;
  }

  async function refetch(answer: Answer, suspicion: Suspicion, request: GateRequest): Promise<boolean> {
    const { slot } = answer;
    let why = `asked anew, ${slot.instance} gives the same one`;
    try {
      const invalidated = slot.provider.invalidate(suspicion === "credential" ? "refused" : "doubted");
      if (isPromise(invalidated)) await withTimeout(invalidated, slot, clock);
      const next = answers.get(await authorize(request));
      if (next !== undefined && !sameCredential(next, answer)) return true;
    } catch (thrown) {
      why = pluginFault(thrown, slot.instance).message;
    }
    coolDowns.begin(answer, suspicion);
    logger.warn({ plugin: slot.instance, server: server.uri, reason: suspicion }, explain(slot, suspicion, why));
    return false;
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
