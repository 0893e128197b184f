import { createHmac } from "node:crypto";
import type { Auth, Factory, Secret } from "@mlflow-auth/core/plugin";
import { keyFetcher } from "./fetch-key.js";
import type { AcmeOptions } from "./generated/options.js";

/** Signs method, address, date and body of each request with a key that Acme gives, and that is never sent. */
export const createRequestAuthProvider: Factory<"mlflow.request_auth_provider", AcmeOptions> = (options, context) => {
  const keys = new WeakMap<Auth, Secret>();
  const fetchKey = keyFetcher(options, context, keys);
  return {
    getAuth: () => context.secrets.get("key", fetchKey, options.cache),
    invalidate: (kind) => context.secrets[kind === "unauthorized" ? "invalidate" : "expire"]("key"),
    async signRequest(request, auth) {
      const date = new Date(context.clock.wallTime()).toISOString();
      const signature = createHmac("sha256", (keys.get(auth) as Secret).reveal());
      signature.update([request.method, request.path, date, await request.sha256()].join("\n"));
      return { "X-Acme-Date": date, "X-Acme-Signature": signature.digest("hex") };
    },
  };
};
