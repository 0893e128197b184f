/** A provider with the options that core would fill in. */
import { type TestContextOptions, testRequest } from "@mlflow-auth/core/testing";
import { startProvider as start } from "@mlflow-auth/test/start-provider";
import type { HokusaiOptions } from "../src/generated/options.js";
import { createRequestAuthProvider } from "../src/index.js";

export function startProvider(given: Partial<HokusaiOptions> = {}, context: TestContextOptions = {}) {
  const options: HokusaiOptions = { mock: false, endpoint: "https://registry.hokus.ai/api", ...given };
  return start(createRequestAuthProvider, options, { instance: "hokusai", ...context });
}

/** Of a client to the endpoint whose reads are open. */
export function directRequest(path: string, method = "GET") {
  const server = { uri: "https://registry.hokus.ai/mlflow" };
  return { ...testRequest(), server, method, url: new URL(`${server.uri}/${path}`) };
}
