/** Credentials, identity headers and run tags from a session of Descope: the entry points that package.json names. */
import type { Factory } from "@mlflow-auth/core/plugin";
import type { DescopeOptions } from "./generated/options.js";
import { identityHeaders } from "./identity-headers.js";
import { permissionLevel } from "./permission-level.js";
import { runTags } from "./run-tags.js";
import { derived, sessionsOf } from "./sessions.js";

export { type PermissionLevel, type PermissionOptions, permissionLevel } from "./permission-level.js";
export { type StoredUser, type UserOptions, userFromToken } from "./user-from-token.js";

/** The session's token. Loads nothing of Descope's SDK before it is needed, and asks nobody before the first request. */
export const createRequestAuthProvider: Factory<"mlflow.request_auth_provider", DescopeOptions> = (
  options,
  context,
) => {
  const sessions = sessionsOf(options, context);
  return {
    getAuth: sessions.current,
    invalidate: sessions.invalidate,
    async describe() {
      const { identity } = await sessions.current();
      const level = `permission level ${permissionLevel(identity, options)}`;
      return identity.username === "" ? level : `${identity.username}, ${level}`;
    },
  };
};

/** Who the session belongs to, as headers. */
export const createRequestHeaderProvider: Factory<"mlflow.request_header_provider", DescopeOptions> = (
  options,
  context,
) => {
  const requestHeaders = derived(sessionsOf(options, context), ({ identity }) => identityHeaders(identity, context));
  return { requestHeaders };
};

/** Who the session belongs to, as tags of the runs that are created with it. */
export const createRunContextProvider: Factory<"mlflow.run_context_provider", DescopeOptions> = (options, context) => {
  const tags = derived(sessionsOf(options, context), ({ identity }) => runTags(identity));
  return { tags };
};
