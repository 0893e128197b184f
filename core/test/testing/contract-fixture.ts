/** A sound provider on a store of its own, changes that spoil it, and what the contract suite says of it then. */
import * as assert from "uvu/assert";
import type { Auth, Clock, RequestAuthProvider } from "../../src/plugin.js";
import { Secret } from "../../src/plugin.js";
import { type AuthSetup, canary, providerContract, testContext } from "../../src/testing.js";

export type Change = (sound: RequestAuthProvider, backend: Backend, clock: Clock) => Partial<RequestAuthProvider>;

export interface Backend {
  fetches: number;
  state: "up" | "down" | "denied";
  secret: string;
  fetch(): Promise<{ value: Auth }>;
}

/** A sound provider, and a change that spoils it. */
export function setup(change: Change = () => ({}), eager = false): AuthSetup {
  const context = testContext({ env: { STORE_TOKEN: "of the context" } });
  const canaries = [canary(), canary()];
  const backend: Backend = {
    fetches: 0,
    state: "up",
    secret: canaries[0] as string,
    async fetch() {
      backend.fetches++;
      if (backend.state === "down") {
        throw context.error("SECRET_UNREACHABLE", "it is down", { transient: true, remedy: "wait" });
      }
      if (backend.state === "denied") throw context.error("SECRET_DENIED", "it may not", { remedy: "ask for it" });
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
    backend: {
      fetches: () => backend.fetches,
      rotate() {
        backend.secret = canaries[1] as string;
      },
      break() {
        backend.state = "down";
      },
      deny() {
        backend.state = "denied";
      },
      fix() {
        backend.state = "up";
      },
    },
  };
}

/** What the suite finds: the case, and why. */
export async function broken(make: () => AuthSetup): Promise<string[]> {
  const names: string[] = [];
  for (const { name, run } of providerContract({ auth: make }, { timeout: 500 })) {
    await run().catch((error) => names.push(`${name.replace("contract: ", "")}: ${error.message}`));
  }
  return names;
}

/** A provider with a fault: what it is, how it comes about, and what the suite says. */
export type Fault = readonly [what: string, change: Change, found: RegExp];

/** Tests that the suite finds each. */
export function findsEach(test: (name: string, body: () => Promise<void>) => void, faults: readonly Fault[]): void {
  for (const [what, change, found] of faults) {
    test(`it finds ${what}`, async () => {
      const names = await broken(() => setup(change));
      assert.ok(
        names.some((name) => found.test(name)),
        `found only: ${names.join("; ")}`,
      );
    });
  }
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
