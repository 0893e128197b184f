/** Artifacts that MLflow's clients take to another host by themselves, and the token of the proxy with them. */
import type { Logger } from "@mlflow-auth/core/internal";
import type { Reading } from "../http/answer-reader.js";
import type { OwnAddress } from "./own-address.js";

/** Looks for them in the server's answers. */
export interface ArtifactHosts {
  /** Empty once it has been warned of. */
  readonly readings: readonly Reading[];
}

const SCHEME = "mlflow-artifacts://";
const HOLDING = Buffer.from(`"${SCHEME}`);
/** An artifact root with a host, as a whole string of JSON begins with it; a user name is not part of the host. */
const ROOT = /"mlflow-artifacts:\/\/(?:[^/"\\@]*@)?([^/"\\@]+)/g;

/**
 * For an artifact root `mlflow-artifacts://HOST:PORT/`, MLflow's Python client joins that host with the path and the login of the tracking
 * URI (its `store/artifact/mlflow_artifacts_repo.py`): the request goes past the proxy, and holds its token. Nobody can stop that from
 * here, so the log says once what to do.
 */
export function createArtifactHosts({ isOwnName }: OwnAddress, logger: Logger): ArtifactHosts {
  const hosts: { readings: readonly Reading[] } = { readings: [{ holding: HOLDING, read }] };

  function read(body: string): void {
    if (hosts.readings.length === 0) return;
    for (const [, host = ""] of body.matchAll(ROOT)) {
      if (isOwnName(host)) continue;
      hosts.readings = [];
      const what = `an artifact root is ${SCHEME}${host}: MLflow's clients send its artifacts to that host, past this proxy, without the credential and with the token of this proxy`;
      const remedy =
        "run Python programs under `mlflow-auth exec`, or have the experiment made with an artifact root that names no host (mlflow-artifacts:/)";
      logger.warn({ reason: "artifact root" }, `${what}. Try this: ${remedy}`);
      return;
    }
  }

  return hosts;
}
