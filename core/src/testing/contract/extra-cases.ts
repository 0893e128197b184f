/** The contract of what is sent beside the credential: headers, and the tags of runs. */
import assert from "node:assert/strict";
import { tagFault } from "../../mlflow/tag-limits.js";
import type { RequestHeaderProvider, RunContextProvider } from "../../provider/provider.js";
import { testRequest } from "../test-context.js";
import { letTimePass, letTimePassAfterwards } from "./background.js";
import { checkSecrets, checkSilence } from "./checks.js";
import { authorizedBy, bound } from "./host.js";
import type { Setup } from "./setup.js";

/** What a header provider has to keep to, by name. */
export const headerCases: Readonly<Record<string, (setup: Setup<RequestHeaderProvider>) => Promise<void>>> = {
  "inContext is true, or not there": async ({ provider }) => {
    assert.equal(await (provider.inContext?.() ?? true), true);
  },

  "requestHeaders gives headers that core sends, credentials as Secrets": async ({ provider, context, canaries }) => {
    const headers = await provider.requestHeaders(testRequest());
    assert.ok(Object.keys(headers).length > 0, "it is active and gives no header");
    await authorizedBy({ headers: [bound(provider, context)] }, context);
    checkSecrets(headers, canaries);
  },

  "while nothing changes, requestHeaders gives the same object at once": async ({ provider }) => {
    const first = await provider.requestHeaders(testRequest());
    const second = provider.requestHeaders(testRequest());
    assert.ok(!(second instanceof Promise), "the second requestHeaders gave a promise");
    assert.equal(second === first, true, "the second requestHeaders gave another object");
  },

  "nothing that it prints or logs holds a credential": async (setup) => {
    const headers = await setup.provider.requestHeaders(testRequest());
    checkSilence(setup, { headers });
  },

  "nothing that it does by itself fails, and neither after it is closed": async ({ provider, context }) => {
    await provider.requestHeaders(testRequest());
    await letTimePass(context);
    await provider.close?.();
    await letTimePassAfterwards(context);
  },

  "close may be called twice": async ({ provider }) => {
    await provider.close?.();
    await provider.close?.();
  },
};

/** What a provider of run tags has to keep to, by name. */
export const tagCases: Readonly<Record<string, (setup: Setup<RunContextProvider>) => Promise<void>>> = {
  "inContext of the run context is true, or not there": async ({ provider }) => {
    assert.equal(await (provider.inContext?.() ?? true), true);
  },

  "tags gives text for each key, within MLflow's limits": async (setup) => {
    const tags = await setup.provider.tags({ experimentId: "0", runName: "a run", tags: {} });
    assert.ok(Object.keys(tags).length > 0, "it is active and gives no tag");
    for (const [key, value] of Object.entries(tags)) {
      assert.equal(typeof value, "string", `the value of ${key} is not text`);
      const fault = tagFault(key, value);
      assert.ok(fault === undefined, `it gave ${fault}, which MLflow does not take`);
    }
    checkSilence(setup, { tags });
  },

  "nothing that it does by itself fails, and neither after it is closed": async ({ provider, context }) => {
    await provider.tags({ experimentId: "0", runName: "a run", tags: {} });
    await letTimePass(context);
    await provider.close?.();
    await letTimePassAfterwards(context);
  },
};
