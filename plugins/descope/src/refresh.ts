/** A refresh token, and those that Descope gives in its place. */
import { isMlflowAuthError, Secret, type SecretSource } from "@mlflow-auth/core/plugin";
import type { DescopeClient } from "./descope-client.js";

/** @returns what gives the token of a new session */
export function createRefresh(source: SecretSource, client: DescopeClient): () => Promise<string> {
  /** Descope may let one be used once, and give the next with the session. */
  let replaced: { readonly given: Secret; readonly by: Secret } | undefined;

  return async () => {
    const given = await source.read();
    const isReplaced = replaced?.given.equals(given) === true;
    const token = isReplaced && replaced !== undefined ? replaced.by : given;
    try {
      const { session, refresh } = await client.byRefreshToken(token, source.origin);
      if (refresh !== undefined) replaced = { given, by: new Secret(refresh) };
      return session;
    } catch (thrown) {
      // Whoever put the given one there may have renewed it in place.
      if (isMlflowAuthError(thrown) && !thrown.transient) replaced = undefined;
      throw thrown;
    }
  };
}
