// The mistake: it is `await import("store-sdk")` in the function that needs it.

import { credentialProvider } from "@mlflow-auth/core/plugin";
import { tokenOf } from "store-sdk";

export const createRequestAuthProvider = credentialProvider(async ({ address, apiKey }, context) => {
  const answer = await context.http.send({ url: `${address}/token`, headers: { "X-Api-Key": await apiKey.read() } });
  if (answer.status !== 200) throw context.refuse(answer);
  return { token: tokenOf(answer) };
});
