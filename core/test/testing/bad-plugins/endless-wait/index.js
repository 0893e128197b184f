import { credentialProvider } from "@mlflow-auth/core/plugin";

export const createRequestAuthProvider = credentialProvider(async ({ address, apiKey }, context) => {
  const answer = await context.http.send({ url: `${address}/token`, headers: { "X-Api-Key": await apiKey.read() } });
  if (answer.status === 200) return { token: answer.text };
  // The mistake: an operator may let the key in, and may as well not.
  return new Promise(() => {});
});
