import assert from "node:assert/strict";
import { inspect } from "node:util";
import type { ProviderHeaders } from "../../provider/provider.js";
import { isSecret } from "../../secret/secret.js";
import { revealedBy } from "../canary.js";
import type { Setup } from "./setup.js";

/** Names that HTTP allows, once each, and values in which only a `Secret` hides a credential. */
export function checkHeaders(headers: ProviderHeaders, canaries: readonly string[]): void {
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(headers)) {
    assert.match(name, /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, "HTTP does not allow this name of a header");
    assert.ok(!seen.has(name.toLowerCase()), `${name} is there twice`);
    seen.add(name.toLowerCase());
    const text = isSecret(value) ? value.reveal() : value;
    assert.equal(typeof text, "string", `the value of ${name} is neither text nor a Secret`);
    assert.ok(/^[\x20-\x7e]+$/.test(text), `the value of ${name} can't stand in a header`);
    const bare = !isSecret(value) && canaries.some((canary) => revealedBy(text, canary));
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
