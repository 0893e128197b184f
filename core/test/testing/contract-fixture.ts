/** A sound provider on a store of its own, changes that spoil it, and what the contract suite says of it then. */
import type { Auth, Clock, RequestAuthProvider } from "../../src/plugin.js";
import { Secret } from "../../src/plugin.js";
import { type AuthSetup, canary, providerContract, testContext } from "../../src/testing.js";
import { type Fault, failuresOf, findsEach, type Test } from "./contract-findings.js";

/** What stands behind a provider under test: how often it was asked, and the status that it answers with. */
export interface Store {
  fetches: number;
  status: number;
}

/** A change that spoils a sound provider. */
export type Change = (sound: RequestAuthProvider, backend: Backend, clock: Clock) => Partial<RequestAuthProvider>;

export interface Backend extends Store {
  secret: string;
  fetch(): Promise<{ value: Auth }>;
}

/** A sound provider, and a change that spoils it. */
export function setup(change: Change = () => ({}), eager = false): AuthSetup {
  const context = testContext({ env: { STORE_TOKEN: "of the context" } });
  const canaries = [canary(), canary()];
  const backend: Backend = {
    fetches: 0,
    status: 200,
    secret: canaries[0] as string,
    async fetch() {
      backend.fetches++;
      if (backend.status === 503) {
        throw context.error("SECRET_UNREACHABLE", "it is down", { transient: true, remedy: "wait" });
      }
      if (backend.status === 403) throw context.error("SECRET_DENIED", "it may not", { remedy: "ask for it" });
      return { value: Object.freeze({ headers: { Authorization: new Secret(`Bearer ${backend.secret}`) } }) };
    },
  };
  const sound: RequestAuthProvider = {
    getAuth: () => context.secrets.get("secret", backend.fetch),
    invalidate: () => context.secrets.invalidate("secret"),
  };
  if (eager) void backend.fetch();
  return {
    provider: { ...sound, ...change(sound, backend, context.clock) },
    context,
    canaries,
    backend: backendOf(backend, () => {
      backend.secret = canaries[1] as string;
    }),
  };
}

/** A store as the suite has hold of it. */
export function backendOf(store: Store, rotate: () => void): AuthSetup["backend"] {
  const answer = (status: number) => () => {
    store.status = status;
  };
  return { fetches: () => store.fetches, rotate, break: answer(503), deny: answer(403), fix: answer(200) };
}

/** What the suite finds of a provider: the case, and why. */
export function broken(make: () => AuthSetup): Promise<string[]> {
  return failuresOf(providerContract({ auth: make }, { timeout: 500 }));
}

/** Tests that the suite finds each fault of a provider. */
export function findsInProviders(test: Test, faults: readonly Fault<Change>[]): void {
  findsEach(test, faults, (change) => broken(() => setup(change)));
}

/** Something that it does beside each `getAuth`. */
export function before(deed: (backend: Backend, clock: Clock) => void): Change {
  return (sound, backend, clock) => ({
    getAuth(asked) {
      deed(backend, clock);
      return sound.getAuth(asked);
    },
  });
}
