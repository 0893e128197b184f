import { credentialProvider } from "@mlflow-auth/core/plugin";

// The mistakes: whoever imports a module expects nothing but what it exports.
process.env.STORE_CLIENT = "mlflow-auth";
process.on("unhandledRejection", () => process.exit(1));
const { fetch } = globalThis;
globalThis.fetch = (...given) => fetch(...given);
setInterval(() => undefined, 60_000);
console.log("the store's plugin is loaded");

export const createRequestAuthProvider = credentialProvider(async ({ address, apiKey }, context) => {
  const answer = await context.http.send({ url: `${address}/token`, headers: { "X-Api-Key": await apiKey.read() } });
  if (answer.status !== 200) throw context.refuse(answer);
  return { token: answer.text };
});
