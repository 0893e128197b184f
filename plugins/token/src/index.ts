/** A token that lies in a file or a variable, or that a command prints: the entry point that package.json names. */
import { credentialProvider, type Factory } from "@mlflow-auth/core/plugin";
import { commandSource } from "./command.js";
import { fetchSecret } from "./fetch-secret.js";
import { followFile } from "./follow-file.js";
import type { TokenOptions } from "./generated/options.js";

const KEY = "token";
/** Milliseconds: a token says itself when it ends, or `ttl` does, and this is only longer than that. */
const DAY = 24 * 3_600_000;

/** Reads nothing and runs nothing before the first request. */
export const createRequestAuthProvider: Factory<"mlflow.request_auth_provider", TokenOptions> = async (
  options,
  context,
) => {
  const source = options.token ?? commandSource(options, context);
  const file = followFile(source.path, context.clock);
  const provide = credentialProvider(() => file.asRead(() => fetchSecret(source, options, context)), {
    key: () => KEY,
  });
  const { credential } = options;
  const provider = await provide({ credential, cache: { ttl: DAY, maxStale: DAY } }, context);
  return {
    ...provider,
    getAuth(request) {
      const changed = file.hasChanged();
      if (changed === false) return provider.getAuth(request);
      return changed.then((yes) => {
        if (yes) context.secrets.expire(KEY);
        return provider.getAuth(request);
      });
    },
  };
};
