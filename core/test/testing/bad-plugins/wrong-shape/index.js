import { Secret } from "@mlflow-auth/core/plugin";

export function createRequestAuthProvider({ address, apiKey }, context) {
  async function fetchToken() {
    const answer = await context.http.send({ url: `${address}/token`, headers: { "X-Api-Key": await apiKey.read() } });
    if (answer.status !== 200) throw context.refuse(answer);
    // The mistake: it is `{ headers: { Authorization } }`.
    return { value: { Authorization: new Secret(`Bearer ${answer.text}`) } };
  }
  return {
    getAuth: () => context.secrets.get("token", fetchToken),
    invalidate: () => context.secrets.invalidate("token"),
  };
}
