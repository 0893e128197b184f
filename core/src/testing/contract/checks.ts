import assert from "node:assert/strict";
import { inspect } from "node:util";
import type { ProviderHeaders } from "../../provider/provider.js";
import { revealedBy } from "../canary.js";
import type { Setup } from "./setup.js";

/** Values in which nothing but a `Secret` hides a credential. What else core asks of headers, it says itself. */
export function checkSecrets(headers: ProviderHeaders, canaries: readonly string[]): void {
  for (const [name, value] of Object.entries(headers)) {
    const bare = typeof value === "string" && canaries.some((canary) => revealedBy(value, canary));
    assert.ok(!bare, `${name} holds a credential that is not a Secret`);
  }
}

/** Prints all there is in every way that logs and debuggers do, and looks for the canaries. */
export function checkSilence(setup: Setup<unknown>, things: Readonly<Record<string, unknown>>): void {
  const all = { ...things, provider: setup.provider, logs: setup.context.logs };
  for (const [what, thing] of Object.entries(all)) {
    const text = [
      inspect(thing, { depth: 20, showHidden: true, getters: true, maxStringLength: null, maxArrayLength: null }),
      inspect(thing, { depth: 20, customInspect: false, maxStringLength: null }),
      json(thing),
      String(thing),
      thing instanceof Error ? `${thing.stack}${thing.message}` : "",
    ].join("\n");
    for (const canary of setup.canaries) {
      const spelling = revealedBy(text, canary);
      assert.equal(spelling, undefined, `${what} prints a credential (${spelling})`);
    }
  }
}

function json(thing: unknown): string {
  try {
    return JSON.stringify(thing) ?? "";
  } catch {
    return "";
  }
}
