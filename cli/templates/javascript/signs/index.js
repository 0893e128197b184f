// @ts-check
import { createHmac } from "node:crypto";
import { jsonFields, leaseOfSeconds, Secret } from "@mlflow-auth/core/plugin";

/**
 * Signs method, address, date and body of each request with a key that Acme gives, and that is never sent.
 *
 * @type {import("@mlflow-auth/core/plugin").Factory<"mlflow.request_auth_provider", any>}
 */
export function createRequestAuthProvider({ address, apiKey, requestTimeout: timeout, cache }, context) {
  const keys = new WeakMap();
  async function fetchKey() {
    const headers = { "X-Api-Key": await apiKey.read() };
    const answer = await context.http.send({ url: `${address}/keys`, method: "POST", headers, timeout });
    const { id, key, expires_in: seconds } = jsonFields(answer.text);
    const isWhole = answer.status === 200 && typeof id === "string" && typeof key === "string";
    if (!isWhole) throw context.refuse(answer, { what: "a key" });
    const value = { id, headers: { "X-Acme-Key": id } };
    keys.set(value, new Secret(key));
    return { value, lease: leaseOfSeconds(seconds) };
  }
  return {
    getAuth: () => context.secrets.get("key", fetchKey, cache),
    invalidate: (kind) => context.secrets[kind === "unauthorized" ? "invalidate" : "expire"]("key"),
    async signRequest(request, auth) {
      const date = new Date(context.clock.wallTime()).toISOString();
      const signature = createHmac("sha256", keys.get(auth).reveal());
      signature.update([request.method, request.path, date, await request.sha256()].join("\n"));
      return { "X-Acme-Date": date, "X-Acme-Signature": signature.digest("hex") };
    },
  };
}
