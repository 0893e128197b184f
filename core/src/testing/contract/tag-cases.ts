import assert from "node:assert/strict";
import type { RunContextProvider } from "../../provider/provider.js";
import { checkSilence } from "./checks.js";
import type { Setup } from "./setup.js";

/** MLflow's limit on a tag's key, in bytes (mlflow/utils/validation.py). */
const MAX_KEY = 250;

export const tagCases: Readonly<Record<string, (setup: Setup<RunContextProvider>) => Promise<void>>> = {
  "inContext of the run context is true": async ({ provider }) => {
    assert.equal(await provider.inContext(), true);
  },

  "tags gives text for each key, within MLflow's limits": async (setup) => {
    const tags = await setup.provider.tags({ experimentId: "0", runName: "a run", tags: {} });
    assert.ok(Object.keys(tags).length > 0, "it is active and gives no tag");
    for (const [key, value] of Object.entries(tags)) {
      assert.ok(key !== "" && Buffer.byteLength(key) <= MAX_KEY, "a key is empty or longer than 250 bytes");
      assert.equal(typeof value, "string", `the value of ${key} is not text`);
    }
    checkSilence(setup, { tags });
  },
};
