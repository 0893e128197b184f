import assert from "node:assert/strict";
import type { RequestHeaderProvider } from "../../provider/provider.js";
import { checkHeaders, checkSilence, request } from "./checks.js";
import type { Setup } from "./setup.js";

export const headerCases: Readonly<Record<string, (setup: Setup<RequestHeaderProvider>) => Promise<void>>> = {
  "inContext is true": async ({ provider }) => {
    assert.equal(await provider.inContext(), true);
  },

  "requestHeaders gives headers that HTTP allows, credentials as Secrets": async ({ provider, canaries }) => {
    const headers = await provider.requestHeaders(request());
    assert.ok(Object.keys(headers).length > 0, "it is active and gives no header");
    checkHeaders(headers, canaries);
  },

  "while nothing changes, requestHeaders gives the same object at once": async ({ provider }) => {
    const first = await provider.requestHeaders(request());
    const second = provider.requestHeaders(request());
    assert.ok(!(second instanceof Promise), "the second requestHeaders gave a promise");
    assert.equal(second === first, true, "the second requestHeaders gave another object");
  },

  "nothing that it prints or logs holds a credential": async (setup) => {
    const headers = await setup.provider.requestHeaders(request());
    checkSilence(setup, { headers });
  },

  "close may be called twice": async ({ provider }) => {
    await provider.close?.();
    await provider.close?.();
  },
};
