/** The plugin's options as it gets them: secrets to be read, durations in milliseconds, defaults filled in. */
import { secretSource } from "@mlflow-auth/core/testing";
import type { AcmeOptions } from "../src/generated/options.ts";

export function optionsFor({ address, apiKey }: { address: string; apiKey: string }): AcmeOptions {
  return {
    address,
    apiKey: secretSource(apiKey),
    requestTimeout: 10_000,
    cache: { ttl: 300_000, maxStale: 0 },
  };
}
