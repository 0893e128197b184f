/** Who is compared: MLflow's client with a token that somebody set, with mlflow-secrets-auth, and with mlflow-auth by pip. */
import { secretsAuthFolder } from "@mlflow-auth/test/servers/tools";
import { layeredEnvironment, ownNode } from "../../test/packages/python/layered-environment.ts";
import { type Client, startClient } from "./client.ts";
import type { Place } from "./place.ts";

export interface Contender {
  readonly name: string;
  /** A new process, which has imported MLflow and sent nothing. */
  start(env?: Record<string, string>): Promise<Client>;
}

export async function contenders(place: Place): Promise<Record<"bare" | "old" | "own", Contender>> {
  const { python, folder, variables, token } = place;
  const ours = await layeredEnvironment(python, ["vault"]);
  const contender = (name: string, interpreter: string, own: Record<string, string>): Contender => ({
    name,
    start: (env = {}) => startClient(interpreter, folder, { ...variables(), ...own, ...env }),
  });
  return {
    bare: contender("MLFLOW_TRACKING_TOKEN", python, { MLFLOW_TRACKING_TOKEN: token() }),
    old: contender("mlflow-secrets-auth", python, {
      MLFLOW_TRACKING_AUTH: "mlflow_secrets_auth",
      PYTHONPATH: await secretsAuthFolder(),
    }),
    own: contender("mlflow-auth", ours, { MLFLOW_TRACKING_AUTH: "mlflow-auth", ...ownNode }),
  };
}
