/** What the providers of the tests answer, and what becomes of it. */
import { isMlflowAuthError, MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import type { AuthorizedHeaders } from "../../src/pipeline/compose.js";
import { isSecret, Secret } from "../../src/secret/secret.js";

export const uri = "https://mlflow.test";
export const request = { url: `${uri}/api/2.0/mlflow/runs/get`, method: "GET" };

export const stamp = { "x-stamp": "s" };
export const tail = { "x-tail": "t" };
export const bearer = (token: string) => ({ headers: { Authorization: new Secret(`Bearer ${token}`) } });
export const outage = (message: string) =>
  new MlflowAuthError("SECRET_UNREACHABLE", message, { transient: true, remedy: "start it" });

export function shown(authorization: AuthorizedHeaders | undefined): Record<string, string> {
  return Object.fromEntries(
    (authorization?.headers ?? []).map(([name, value]) => [name, isSecret(value) ? value.reveal() : value]),
  );
}

export async function failure(attempt: () => unknown): Promise<MlflowAuthError> {
  try {
    await attempt();
  } catch (thrown) {
    if (isMlflowAuthError(thrown)) return thrown;
    throw thrown;
  }
  throw new Error("nothing was thrown");
}
