/** One listed server: its pipelines, and what is done when it refuses a credential. */
import type { ServerConfig } from "../config/config.js";
import type { Logger } from "../provider/context.js";
import { isSecret } from "../secret/secret.js";
import type { Clock } from "../time/clock.js";
import type { Answer, AuthPipeline, AuthSlot } from "./auth.js";
import { type Authorization, compose } from "./compose.js";
import type { Additions, HeaderPipeline, HeaderSlot } from "./headers.js";
import { type GateRequest, LazyProviderRequest } from "./request.js";
import { isPromise, pluginFault } from "./slot.js";

/** Milliseconds without another fetch after one that brought the same refused secret; fourfold each time up to the longest. */
const COOL_DOWN = { first: 5_000, factor: 4, longest: 300_000 };

export interface Refusal {
  readonly status: number;
}

export interface Route {
  readonly uri: string;
  readonly server: ServerConfig;
  authorize(request: GateRequest): Authorization | Promise<Authorization>;
  refused(authorization: Authorization, response: Refusal, request: GateRequest): Promise<Authorization | undefined>;
}

export interface RouteOptions {
  readonly server: ServerConfig;
  readonly authPipeline: AuthPipeline | undefined;
  readonly headerPipeline: HeaderPipeline | undefined;
  readonly headers: readonly HeaderSlot[];
  readonly clock: Clock;
  readonly logger: Logger;
}

interface CoolDown {
  delay: number;
  until: number;
}

const none: Additions = Object.freeze([]);

export function createRoute(options: RouteOptions): Route {
  const { server, authPipeline, headerPipeline, headers, clock, logger } = options;
  let last: { answer: Answer | undefined; additions: Additions; authorization: Authorization } | undefined;
  const answers = new WeakMap<Authorization, Answer>();
  const coolDowns = new Map<string, CoolDown>();
  const refreshes = new Map<string, Promise<Authorization | undefined>>();

  function authorize(request: GateRequest): Authorization | Promise<Authorization> {
    const asked = new LazyProviderRequest(request, server);
    const answer = authPipeline?.resolve(asked);
    const additions = headerPipeline === undefined ? none : headerPipeline.resolve(asked);
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

  async function refused(
    authorization: Authorization,
    { status }: Refusal,
    request: GateRequest,
  ): Promise<Authorization | undefined> {
    const slot = answers.get(authorization)?.slot;
    if (status !== 401 || slot === undefined || authorization.provider === undefined) return undefined;
    const current = await attempt(request);
    // Somebody else's refusal, or the cache's own refresh, has brought another secret already.
    if (current !== undefined && !sameHeaders(current, authorization)) return current;
    const pending = refreshes.get(slot.instance);
    if (pending !== undefined) return await pending;
    const refresh = refetch(slot, authorization, request).finally(() => refreshes.delete(slot.instance));
    refreshes.set(slot.instance, refresh);
    return await refresh;
  }

  async function refetch(slot: AuthSlot, authorization: Authorization, request: GateRequest) {
    const coolDown = coolDowns.get(slot.instance);
    if (coolDown !== undefined && clock.now() < coolDown.until) return undefined;
    let next: Authorization | undefined;
    try {
      await slot.provider.invalidate();
      next = await authorize(request);
    } catch (thrown) {
      report(slot, pluginFault(thrown, slot.instance).message);
    }
    if (next !== undefined && !sameHeaders(next, authorization)) {
      coolDowns.delete(slot.instance);
      return next;
    }
    const delay = Math.min(
      (coolDown?.delay ?? COOL_DOWN.first / COOL_DOWN.factor) * COOL_DOWN.factor,
      COOL_DOWN.longest,
    );
    coolDowns.set(slot.instance, { delay, until: clock.now() + delay });
    if (next !== undefined) report(slot, "the secret store still has the same one");
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

  function report(slot: AuthSlot, why: string): void {
    const message = `${server.uri} refused the credential of ${slot.instance} with 401; ${why}`;
    logger.warn({ plugin: slot.instance, server: server.uri, status: 401 }, message);
  }

  return { uri: server.uri, server, authorize, refused };
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a === b) return true;
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function sameHeaders(a: Authorization, b: Authorization): boolean {
  if (a === b) return true;
  return (
    a.headers.length === b.headers.length &&
    a.headers.every(([name, value], index) => {
      const [otherName, otherValue] = b.headers[index] as (typeof b.headers)[number];
      return name === otherName && text(value) === text(otherValue);
    })
  );
}

const text = (value: Authorization["headers"][number][1]) => (isSecret(value) ? value.reveal() : value);
