// @ts-check
import { credentialProvider, jsonFields, leaseOfSeconds } from "@mlflow-auth/core/plugin";

/**
 * @typedef {import("@mlflow-auth/core/plugin").SecretSource} SecretSource
 * @typedef {import("@mlflow-auth/core/plugin").CachePolicy} CachePolicy
 * @typedef {{ address: string, apiKey: SecretSource, requestTimeout: number, cache: CachePolicy }} AcmeOptions
 */

/** Fetches a token from Acme for an API key. To keep it, renew it ahead of its end and send it is the part of mlflow-auth. */
export const createRequestAuthProvider = credentialProvider(async (/** @type {AcmeOptions} */ options, context) => {
  const { address, apiKey, requestTimeout: timeout } = options;
  const headers = { "X-Api-Key": await apiKey.read() };
  const answer = await context.http.send({ url: `${address}/token`, method: "POST", headers, timeout });
  const { token, expires_in: seconds } = jsonFields(answer.text);
  if (answer.status !== 200 || typeof token !== "string") throw context.refuse(answer, { what: "a token" });
  return { token, lease: leaseOfSeconds(seconds) };
});
