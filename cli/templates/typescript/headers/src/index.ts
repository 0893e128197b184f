import { type Factory, jsonFields, leaseOfSeconds, Secret } from "@mlflow-auth/core/plugin";
import type { AcmeOptions } from "./generated/options.js";

/** Adds Acme's token as a header, beside whatever credential a request has. The cache gives the same object while it is good. */
export const createRequestHeaderProvider: Factory<"mlflow.request_header_provider", AcmeOptions> = (given, context) => {
  const { address, apiKey, requestTimeout: timeout, cache } = given;
  async function fetchHeaders() {
    const headers = { "X-Api-Key": await apiKey.read() };
    const answer = await context.http.send({ url: `${address}/token`, method: "POST", headers, timeout });
    const { token, expires_in: seconds } = jsonFields(answer.text);
    if (answer.status !== 200 || typeof token !== "string") throw context.refuse(answer, { what: "a token" });
    return { value: { "X-Acme-Token": new Secret(token) }, lease: leaseOfSeconds(seconds) };
  }
  return { requestHeaders: () => context.secrets.get("headers", fetchHeaders, cache) };
};
