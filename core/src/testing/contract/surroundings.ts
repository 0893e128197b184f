/** What a provider must take from its context alone: the environment, HTTP, and the time. */
import assert from "node:assert/strict";
import { revealedBy } from "../canary.js";
import type { TestContext } from "../test-context.js";

/** What reached for something else than its context while a case ran. */
export interface Surroundings {
  /** Calls of the global fetch. */
  readonly fetches: number;
  /** A text that every variable of the context's environment has in `process.env`. */
  readonly poison: string;
  restore(): void;
}

/**
 * Counts calls of the global fetch, which pass, and gives each variable of the context another value in `process.env`. Cases of
 * one process may overlap, so what was there before comes back as it was.
 */
export function watchSurroundings({ env }: TestContext): Surroundings {
  const poison = `not-of-the-context-${Math.random().toString(36).slice(2)}`;
  const before = new Map(Object.keys(env).map((name) => [name, process.env[name]]));
  for (const name of before.keys()) process.env[name] = poison;
  const { fetch } = globalThis;
  let fetches = 0;
  const counting: typeof fetch = (...given) => {
    fetches++;
    return fetch(...given);
  };
  globalThis.fetch = counting;
  return {
    get fetches() {
      return fetches;
    },
    poison,
    restore() {
      if (globalThis.fetch === counting) globalThis.fetch = fetch;
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    },
  };
}

/** @param texts what came out of the provider */
export function checkSurroundings({ fetches, poison }: Surroundings, texts: readonly string[]): void {
  assert.equal(
    fetches,
    0,
    "it sends with the global fetch, which knows no corporate proxy, TLS file or redirect rule: use context.http",
  );
  const isPoisoned = texts.some((text) => revealedBy(text, poison) !== undefined);
  assert.ok(
    !isPoisoned,
    "it reads process.env, which is not necessarily the environment that it is given: use context.env",
  );
}

/** Milliseconds. Nobody gives a credential for longer, and a clock that is off by more is not the context's. */
const LONGEST_LIFE = 10 * 365 * 24 * 3_600_000;

const HINT = "is it in seconds, or reckoned from Date.now() in place of context.clock.wallTime()?";

/** What is wrong with a credential whose end has passed as it comes. */
export const ENDED_ALREADY = `the credential has ended by the context's clock as it comes: ${HINT}`;

/** @param expiresAt milliseconds since the Unix epoch, as the provider gives it */
export function checkEnd(expiresAt: number | undefined, { clock }: TestContext): void {
  if (expiresAt === undefined) return;
  const left = expiresAt - clock.wallTime();
  assert.ok(left > 0, ENDED_ALREADY);
  assert.ok(left < LONGEST_LIFE, `the credential ends more than ten years from now by the context's clock: ${HINT}`);
}
