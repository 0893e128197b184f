/** Puts an interceptor under every fetch and undici request of the process, and keeps it there. */
import type { Dispatcher } from "undici";
import { fetchCarrying } from "./body-source.js";
import { withFormAsBytes } from "./form-body.js";
import { formBodies } from "./interceptor.js";

/** Where undici 8 (and Node's own fetch from it on) look for their dispatcher, and where the undici before it does. */
const MODERN = Symbol.for("undici.globalDispatcher.2");
const LEGACY = Symbol.for("undici.globalDispatcher.1");

type Globals = Record<symbol, Dispatcher | undefined>;

/** The dispatchers of the process, by the property in which they are; undefined where none is set. */
export interface GlobalDispatchers {
  readonly modern: Dispatcher | undefined;
  readonly legacy: Dispatcher | undefined;
}

/** What is set now. To be asked before undici is imported, for importing it fills the gaps. */
export function globalDispatchers(): GlobalDispatchers {
  // Node loads its own undici, which sets its dispatcher, when one of these classes is first asked for.
  void globalThis.Headers;
  const globals = globalThis as unknown as Globals;
  return { modern: globals[MODERN], legacy: globals[LEGACY] };
}

/**
 * Composes the interceptor over the dispatchers that were there and makes both properties read-only: a later
 * `setGlobalDispatcher` would otherwise let requests go bare. undici 8 ignores such a call then, undici 7 throws.
 */
export async function lockGlobalDispatchers(
  present: GlobalDispatchers,
  interceptor: Dispatcher.DispatcherComposeInterceptor,
): Promise<void> {
  const { Agent, Dispatcher1Wrapper } = await import("undici");
  const base = present.modern ?? new Agent();
  const modern = base.compose(formBodies, interceptor);
  const previous = present.legacy;
  // Public in undici, but missing from its types.
  const { wrapHandler } = Dispatcher1Wrapper as unknown as {
    wrapHandler(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler;
  };

  class LegacyDispatcher extends Dispatcher1Wrapper {
    /** What the interceptor leaves alone goes to the dispatcher that was there, with its handler as it is. */
    override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
      const modernHandler = wrapHandler(handler);
      const dispatch: Dispatcher["dispatch"] = (passed, passedHandler) => {
        const sent = withFormAsBytes(passed);
        if (passed === options && previous !== undefined) return previous.dispatch(sent, handler);
        // The undici before 8 knows no HTTP/2.
        return base.dispatch({ ...sent, allowH2: false } as Dispatcher.DispatchOptions, passedHandler);
      };
      return interceptor(dispatch)(options, modernHandler);
    }
  }

  const legacy = new LegacyDispatcher(modern);
  lock(MODERN, modern);
  lock(LEGACY, legacy);
  const own = Number.parseInt(process.versions["undici"] as string, 10) < 8 ? legacy : modern;
  globalThis.fetch = fetchCarrying(globalThis.fetch, own);
}

function lock(symbol: symbol, value: Dispatcher): void {
  Object.defineProperty(globalThis, symbol, { value, writable: false, enumerable: false, configurable: false });
}
