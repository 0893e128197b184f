/** What the contract's cases are given of a provider under test. */
import type { RequestAuthProvider } from "../../provider/provider.js";
import type { TestContext } from "../test-context.js";

/** A value, or the promise of one. */
export type Awaitable<T> = T | Promise<T>;

/** One provider, made anew for one case. */
export interface Setup<Provider> {
  /** What the factory made. */
  readonly provider: Provider;
  /** The one that its factory got. */
  readonly context: TestContext;
  /** Texts that must show nowhere but in the revealed credential, made with `canary()`. */
  readonly canaries: readonly string[];
  /** Stops what the setup started. */
  stop?(): Awaitable<void>;
}

/** The other side of an auth provider: what holds the credential. */
export interface Backend {
  /** How often the credential itself was asked for; logins and look-ups before it don't count. */
  fetches(): number;
  /** Puts another credential in place. */
  rotate(): Awaitable<void>;
  /** An outage: until `fix`, everybody who asks gets no answer or a server error. */
  break(): Awaitable<void>;
  /** From now on, until `fix`, it refuses with a 403, or as it says that somebody may not: a permission that was taken away. */
  deny(): Awaitable<void>;
  /** All is well again: it gives what it has. */
  fix(): Awaitable<void>;
}

/** An auth provider, and the backend that its credential comes from. */
export interface AuthSetup extends Setup<RequestAuthProvider> {
  /** That of this provider alone. */
  readonly backend: Backend;
}
