import { Secret } from "@mlflow-auth/core/plugin";

/** Milliseconds. */
const RENEWAL = 3_600_000;

export function createRequestAuthProvider({ address, apiKey }, context) {
  async function fetchToken() {
    const answer = await context.http.send({ url: `${address}/token`, headers: { "X-Api-Key": await apiKey.read() } });
    if (answer.status !== 200) throw context.refuse(answer);
    // The mistake: there is no close() that cancels it, and it does not look at context.signal.
    context.clock.setTimeout(() => context.secrets.expire("token"), RENEWAL);
    return { value: { headers: { Authorization: new Secret(`Bearer ${answer.text}`) } } };
  }
  return {
    getAuth: () => context.secrets.get("token", fetchToken),
    invalidate: () => context.secrets.invalidate("token"),
  };
}
