import { Secret } from "@mlflow-auth/core/plugin";

export function createRequestAuthProvider({ address, apiKey }, context) {
  let auth;
  let fetched;
  async function fetchToken() {
    const answer = await context.http.send({ url: `${address}/token`, headers: { "X-Api-Key": await apiKey.read() } });
    if (answer.status !== 200) throw context.refuse(answer);
    auth = { headers: { Authorization: new Secret(`Bearer ${answer.text}`) } };
    return auth;
  }
  return {
    getAuth() {
      // The mistake: a rejected promise is kept as well, and the plugin never recovers.
      fetched ??= fetchToken();
      return auth ?? fetched;
    },
    invalidate() {
      auth = undefined;
      fetched = undefined;
    },
  };
}
