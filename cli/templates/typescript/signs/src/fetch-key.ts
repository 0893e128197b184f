import { type Auth, jsonFields, leaseOfSeconds, type PluginContext, Secret } from "@mlflow-auth/core/plugin";
import type { AcmeOptions } from "./generated/options.js";

/** Makes the function that fetches one key: it gives what is sent of it, and keeps the key itself in `keys`. */
export function keyFetcher(options: AcmeOptions, context: PluginContext, keys: WeakMap<Auth, Secret>) {
  return async () => {
    const answer = await context.http.send({
      url: `${options.address}/keys`,
      method: "POST",
      headers: { "X-Api-Key": await options.apiKey.read() },
      timeout: options.requestTimeout,
    });
    const { id, key, expires_in: seconds } = jsonFields(answer.text);
    const isWhole = answer.status === 200 && typeof id === "string" && typeof key === "string";
    if (!isWhole) throw context.refuse(answer, { what: "a key" });
    const value: Auth = { id, headers: { "X-Acme-Key": id } };
    keys.set(value, new Secret(key));
    return { value, lease: leaseOfSeconds(seconds) };
  };
}
