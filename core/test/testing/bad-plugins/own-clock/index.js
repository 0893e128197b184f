import { credentialProvider } from "@mlflow-auth/core/plugin";

/** Milliseconds. */
const LIFE = 300_000;

export const createRequestAuthProvider = credentialProvider(async ({ address, apiKey }, context) => {
  const answer = await context.http.send({ url: `${address}/token`, headers: { "X-Api-Key": await apiKey.read() } });
  if (answer.status !== 200) throw context.refuse(answer);
  // The mistake: it is context.clock.wallTime(), or a `lease`.
  return { token: answer.text, expiresAt: Date.now() + LIFE };
});
