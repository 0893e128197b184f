import { Secret } from "@mlflow-auth/core/plugin";

export function createRequestAuthProvider({ address, apiKey }, context) {
  async function fetchToken() {
    const answer = await context.http.send({ url: `${address}/token`, headers: { "X-Api-Key": await apiKey.read() } });
    if (answer.status !== 200) throw context.refuse(answer);
    // The mistake: it should be trimmed and looked at. What follows a line break is another header.
    return { value: { headers: { Authorization: new Secret(`Bearer ${answer.text}\r\n`) } } };
  }
  return {
    getAuth: () => context.secrets.get("token", fetchToken),
    invalidate: () => context.secrets.invalidate("token"),
  };
}
