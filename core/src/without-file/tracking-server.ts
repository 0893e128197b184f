/** The one server that gets something where there is no file: that of `MLFLOW_TRACKING_URI`. */
import type { Environment } from "../config/interpolate.js";
import { judgeUri } from "../config/servers.js";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { allowedHostsVariable, allowsHost } from "./allowed-hosts.js";
import { serverNamedBy } from "./apply-rules.js";
import type { DraftInstance } from "./draft.js";
import { realAddress } from "./real-address.js";
import { isYes } from "./switches.js";

/** Where MLflow's clients take the address from. */
export const addressVariable = "MLFLOW_TRACKING_URI";
/** Lets credentials travel over plain http beyond loopback. */
export const insecureVariable = "MLFLOW_AUTH_ALLOW_INSECURE";

/** The server, as the file would have it. */
export interface TrackingServer {
  readonly trackingUri: string;
  readonly allowInsecure: boolean;
}

/**
 * The environment with the address of the server, where a system names it there in another way: an instance's plugin knows it.
 *
 * @throws MlflowAuthError `PLUGIN_MANIFEST` for a plugin whose environment file can't be used
 */
export async function withAddress(env: Environment, instances: readonly DraftInstance[]): Promise<Environment> {
  const text = env[addressVariable]?.trim() ?? "";
  if (text === "" || URL.parse(text)?.protocol.startsWith("http") === true) return env;
  for (const instance of instances) {
    const address = await serverNamedBy(instance, addressVariable, text);
    if (address !== undefined) return { ...env, [addressVariable]: address };
  }
  return env;
}

/**
 * @param switchedOn the variables that say that there is something to send
 * @throws MlflowAuthError `ENVIRONMENT_INVALID`, `SERVER_URI`, `SERVER_CLEARTEXT`; what the variable holds is not repeated
 */
export function trackingServer(env: Environment, switchedOn: readonly string[]): TrackingServer {
  const text = realAddress(addressVariable, env) ?? "";
  const by = switchedOn.join(" and ");
  if (text.trim() === "") {
    const message = `${by} ${switchedOn.length === 1 ? "switches" : "switch"} credentials on, and ${addressVariable} does not say which server gets them`;
    const remedy = `set ${addressVariable}=https://mlflow.example.com, or write a file with \`mlflow-auth init\``;
    throw new MlflowAuthError("ENVIRONMENT_INVALID", message, { remedy });
  }
  const judged = judgeUri(text);
  if (typeof judged === "string") throw noAddress(judged);
  if (judged.uri.includes("*")) throw noAddress("must name one host, without a `*`");
  if (judged.cleartext && !isYes(env[insecureVariable])) {
    const message = `${addressVariable} is plain http to a host that is not loopback: credentials would travel in the clear`;
    const remedy = `use https, or set ${insecureVariable}=1 where the network is trusted`;
    throw new MlflowAuthError("SERVER_CLEARTEXT", message, { remedy });
  }
  const { hostname } = new URL(judged.uri);
  if (!allowsHost(env, hostname)) {
    const message = `${allowedHostsVariable} does not allow ${hostname}, the host of ${addressVariable}, so it gets no credential`;
    const remedy = `add it to ${allowedHostsVariable} if it may have the credential, or correct ${addressVariable}`;
    throw new MlflowAuthError("ENVIRONMENT_INVALID", message, { remedy });
  }
  return { trackingUri: text, allowInsecure: judged.cleartext };
}

function noAddress(fault: string): MlflowAuthError {
  const remedy = "write it as https://mlflow.example.com, with the base path if there is one";
  return new MlflowAuthError("SERVER_URI", `${addressVariable}: the address ${fault}`, { remedy });
}
