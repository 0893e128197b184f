/** The header pipeline: what every header provider of one server adds to a request. */
import type { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { Logger } from "../provider/context.js";
import type { ProviderHeaders, RequestHeaderProvider } from "../provider/provider.js";
import type { Clock } from "../time/clock.js";
import { checkHeaders } from "./check-headers.js";
import type { LazyProviderRequest } from "./request.js";
import { isPromise, pluginFault, type Slot, withTimeout } from "./slot.js";

export type HeaderSlot = Slot<RequestHeaderProvider>;

/** One entry per slot, in order; undefined where the provider has nothing to add. */
export type Additions = readonly (ProviderHeaders | undefined)[];

export interface HeaderPipeline {
  /** @throws MlflowAuthError of the first provider that fails and is not optional. */
  resolve(request: LazyProviderRequest): Additions | Promise<Additions>;
}

export function createHeaderPipeline(slots: readonly HeaderSlot[], clock: Clock, logger: Logger): HeaderPipeline {
  const reported = new WeakSet<MlflowAuthError>();

  // While the providers return the same objects, the same array is handed on; what is made of it downstream can be kept.
  let last: Additions = slots.map(() => undefined);

  function resolve(request: LazyProviderRequest): Additions | Promise<Additions> {
    for (let index = 0; index < slots.length; index++) {
      const addition = ask(slots[index] as HeaderSlot, request);
      if (addition !== last[index]) return resolveAnew(request, index, addition);
    }
    return last;
  }

  /** From the first provider on that gave something else than last time. */
  function resolveAnew(request: LazyProviderRequest, start: number, first: Addition): Additions | Promise<Additions> {
    const given = slots.map((slot, index) =>
      index < start ? last[index] : index === start ? first : ask(slot, request),
    );
    if (!given.every((addition, index) => addition === last[index] || isSound(addition, slots[index] as HeaderSlot))) {
      return Promise.all(given.map((addition, index) => settle(slots[index] as HeaderSlot, addition, request)));
    }
    last = given as Additions;
    return last;
  }

  function ask(slot: HeaderSlot, request: LazyProviderRequest): Addition {
    try {
      const active = slot.provider.inContext();
      if (isPromise(active))
        return Promise.resolve(active).then((yes) => (yes ? slot.provider.requestHeaders(request) : undefined));
      return active ? slot.provider.requestHeaders(request) : undefined;
    } catch (thrown) {
      return Promise.reject(thrown);
    }
  }

  async function settle(slot: HeaderSlot, addition: Addition, request: LazyProviderRequest) {
    try {
      const settled = isPromise(addition) ? await withTimeout(addition, slot, clock) : addition;
      if (settled !== undefined) checkHeaders(settled, slot.instance);
      return settled;
    } catch (thrown) {
      const error = pluginFault(thrown, slot.instance);
      if (!slot.optional) throw error;
      if (!reported.has(error)) {
        reported.add(error);
        const message = `${error.message}; the request goes without its headers, for plugins.${slot.instance} is optional`;
        logger.warn({ code: error.code, plugin: slot.instance, server: request.server.uri }, message);
      }
      return undefined;
    }
  }

  return { resolve };
}

/** Whether it can be handed on as it is. What it lacks is told by `settle`. */
function isSound(addition: Addition, { instance }: HeaderSlot): boolean {
  try {
    if (isPromise(addition)) return false;
    if (addition !== undefined) checkHeaders(addition, instance);
    return true;
  } catch {
    return false;
  }
}

type Addition = ProviderHeaders | undefined | PromiseLike<ProviderHeaders | undefined>;
