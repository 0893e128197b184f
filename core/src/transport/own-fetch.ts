import { type Dispatcher, Dispatcher1Wrapper, getGlobalDispatcher } from "undici";
import { isMlflowAuthError, MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { carrying, sourceOf } from "./body-source.js";

type Fetch = typeof globalThis.fetch;

/**
 * Node's fetch with an interceptor over the dispatcher that it would use: the one in `init`, else the program's global one.
 * Rejects with the MlflowAuthError itself where that is why nothing was sent.
 */
export function createFetch(interceptor: Dispatcher.DispatcherComposeInterceptor): Fetch {
  const composed = new WeakMap<Dispatcher, Dispatcher>();
  let checked: Fetch | undefined;

  function over(base: Dispatcher): Dispatcher {
    let own = composed.get(base);
    if (own === undefined) {
      // Node's own fetch may be of an older undici than ours; the wrapper understands both.
      own = new Dispatcher1Wrapper(base.compose(interceptor));
      composed.set(base, own);
    }
    return own;
  }

  return async (input, init) => {
    const { fetch } = globalThis;
    if (fetch !== checked) {
      await checkFetch(fetch);
      checked = fetch;
    }
    try {
      // A Request of its own reads `init` as the standard says, inherited properties included.
      const request = new Request(input, init);
      const { dispatcher = getGlobalDispatcher() } = (init ?? {}) as unknown as { dispatcher?: Dispatcher };
      // The caller's own signal: what the Request makes of it is lost once the Request is collected as garbage.
      const signal = init?.signal === undefined ? (input as Partial<Request>).signal : init.signal;
      const source = init?.body ? sourceOf(init.body) : undefined;
      const through = source === undefined ? over(dispatcher) : carrying(source, over(dispatcher));
      const own = { dispatcher: through, ...(signal === undefined ? {} : { signal }) };
      return await fetch(request, own as unknown as RequestInit);
    } catch (thrown) {
      const { cause } = thrown as { cause?: unknown };
      throw isMlflowAuthError(cause) ? cause : thrown;
    }
  };
}

/** A fetch that was replaced, by a mock or a polyfill, may not know dispatchers: every request would go out bare. */
async function checkFetch(fetch: Fetch): Promise<void> {
  let reached = false;
  const probe = {
    dispatch() {
      reached = true;
      throw new Error("asked only whether it is asked");
    },
  };
  const dispatcher = new Dispatcher1Wrapper(probe as unknown as Dispatcher);
  await fetch("http://probe.invalid/", { dispatcher } as unknown as RequestInit).catch(() => undefined);
  if (reached) return;
  throw new MlflowAuthError("FETCH_REPLACED", "globalThis.fetch is not Node's own any more and ignores dispatchers", {
    remedy: "put Node's fetch back, or take the headers from headers(url)",
  });
}
