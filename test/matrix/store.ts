/** A secret store of one vendor, as far as all of them are alike. */
import type { Watch } from "../e2e/fixture/watch.ts";

/** A secret: text, or fields; a store that knows only one of the two puts the other into its own form. */
export type Held = string | Readonly<Record<string, string>>;

/** What can go wrong at a store, from the outside. */
export const storeFaults = ["down", "slow", "denied", "missing", "throttled", "garbage", "huge", "expired"] as const;
export type StoreFault = (typeof storeFaults)[number];

export interface Store {
  /** The plugin's options in the file, but for `credential` and `cache`. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What the plugin needs of the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** From then on it holds this one. */
  hold(secret: Held): Promise<void>;
  /** From then on it fails so. */
  fail(fault: StoreFault): Promise<void>;
  stop(): Promise<void>;
}

export type StartStore = (watch: Watch) => Promise<Store>;
