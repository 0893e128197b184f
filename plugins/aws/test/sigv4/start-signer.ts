/** The entry point `sigv4` with the options that core would fill in. */
import type { TestContextOptions } from "@mlflow-auth/core/testing";
import { startProvider as start } from "@mlflow-auth/test/start-provider";
import type { Sigv4Options } from "../../src/sigv4/generated/options.js";
import { createRequestAuthProvider } from "../../src/sigv4/index.js";

export type GivenOptions = Partial<Sigv4Options>;

export function startSigner(given: GivenOptions = {}, context: TestContextOptions = {}) {
  const options: Sigv4Options = { tls: {}, ...given };
  return start(createRequestAuthProvider, options, { instance: "sigv4", ...context });
}
