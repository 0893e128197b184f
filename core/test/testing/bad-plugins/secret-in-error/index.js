import { credentialProvider } from "@mlflow-auth/core/plugin";

export const createRequestAuthProvider = credentialProvider(async ({ address, apiKey }, context) => {
  const key = await apiKey.read();
  const answer = await context.http.send({ url: `${address}/token`, headers: { "X-Api-Key": key } });
  if (answer.status === 200) return { token: answer.text };
  if (answer.status >= 500) throw context.refuse(answer);
  // The mistake: an error is printed, logged and sent to whoever collects logs.
  throw context.error("SECRET_DENIED", `the store does not take the key ${key.reveal()}`, {
    remedy: "ask for another",
  });
});
