/** Which hosts may get a credential, by a setting of mlflow-secrets-auth, a Python package. */
import type { Environment } from "../config/interpolate.js";
import { namesIn } from "./switches.js";

/** The setting. Where it is not set, that package takes every host. */
export const allowedHostsVariable = "MLFLOW_SECRETS_ALLOWED_HOSTS";

/**
 * What was allowed to get a credential is not widened: the server must be among the hosts that the old setting allows.
 *
 * @param host in small letters, as `URL` has it
 */
export function allowsHost(env: Environment, host: string): boolean {
  const list = env[allowedHostsVariable];
  if (!list) return true;
  return namesIn(list.toLowerCase()).some((pattern) => globOf(pattern).test(host));
}

/** Shell globs; of a class in brackets, which the old setting took as well, nothing is allowed. */
function globOf(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[\\^$.|+()[\]{}]/g, "\\$&")
    .replaceAll(/\*+/g, ".*")
    .replaceAll("?", "[^*]");
  return new RegExp(`^${source}$`);
}
