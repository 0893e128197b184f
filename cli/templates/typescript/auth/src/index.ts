import { credentialProvider, jsonFields, leaseOfSeconds } from "@mlflow-auth/core/plugin";
import type { AcmeOptions } from "./generated/options.js";

/** Fetches a token from Acme for an API key. To keep it, renew it ahead of its end and send it is the part of mlflow-auth. */
export const createRequestAuthProvider = credentialProvider<AcmeOptions>(async (options, context) => {
  const answer = await context.http.send({
    url: `${options.address}/token`,
    method: "POST",
    headers: { "X-Api-Key": await options.apiKey.read() },
    timeout: options.requestTimeout,
  });
  const { token, expires_in: seconds } = jsonFields(answer.text);
  if (answer.status !== 200 || typeof token !== "string") throw context.refuse(answer, { what: "a token" });
  return { token, lease: leaseOfSeconds(seconds) };
});
