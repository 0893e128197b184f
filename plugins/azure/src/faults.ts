/** What the SDK's failures mean, by the way to log in, where no answer has said it already. None of its words is repeated. */
import {
  connectionFailureOf,
  isMlflowAuthError,
  type MlflowAuthError,
  type PluginContext,
} from "@mlflow-auth/core/plugin";
import type { Login } from "./default-login.js";
import { errorOf, type Fault } from "./tell-fault.js";

/**
 * An MlflowAuthError for whatever the SDK threw while it logged in or read.
 *
 * @param login why the login failed, as far as the other side said so
 */
export function faultOf(
  thrown: unknown,
  login: MlflowAuthError | undefined,
  method: Login["method"],
  context: PluginContext,
): MlflowAuthError {
  for (let error = thrown; error !== undefined; error = (error as Error | null)?.cause) {
    if (isMlflowAuthError(error)) return error;
  }
  if (context.signal.aborted) return errorOf(closed, context);
  const told = login && (method === "managed-identity" || method === "default") ? silent(login) : login;
  // Several were asked, and which of them is missing nobody knows; but what may pass by itself was there.
  if (method === "default" && !told?.transient) return errorOf(nothingToLogInWith, context);
  if (told !== undefined) return isMlflowAuthError(told) ? told : errorOf(told, context);
  if (method === "azure-cli") return errorOf(noCommand(String((thrown as Error).message)), context);
  return errorOf(unusable(method), context);
}

const closed: Fault = {
  code: "SECRET_UNREACHABLE",
  message: "the plugin was closed before the secret was there",
  remedy: "ask again",
  transient: true,
};

const nothingToLogInWith: Fault = {
  code: "SECRET_SOURCE",
  message: "the Azure SDK found nothing to log in with",
  remedy:
    "set auth; or AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; or run where there is a managed identity; or az login",
};

/** Nobody answers: then there is none. */
function silent(fault: MlflowAuthError): Fault {
  const { code, message, remedy = "", transient } = fault;
  const { kind = "", code: reason } = connectionFailureOf(fault);
  const isNobody = ["refused", "no-route", "timeout"].includes(kind) || reason === "TimeoutError";
  if (code !== "SECRET_UNREACHABLE" || !isNobody) return { code, message, remedy, transient };
  return {
    code: "SECRET_SOURCE",
    message: "there is no managed identity here: nothing answers where one is had",
    remedy: "run where one is assigned, or choose another auth.method",
  };
}

/** Of an `az` that is not there the SDK throws what it throws of one that fails: only its words differ. */
function noCommand(told: string): Fault {
  if (/could not be found/.test(told)) {
    const remedy = "install it (https://aka.ms/azure-cli) and log in: az login; or choose another auth.method";
    return { code: "SECRET_SOURCE", message: "there is no Azure CLI (az) on the PATH", remedy };
  }
  return {
    code: "LOGIN_FAILED",
    message: "the Azure CLI gave no token",
    remedy: "log in again: az login; what it says: az account get-access-token --resource https://vault.azure.net",
  };
}

function unusable(method: Login["method"]): Fault {
  if (method === "client-certificate") {
    return {
      code: "SECRET_SOURCE",
      message: "the certificate in auth.certificateFile (AZURE_CLIENT_CERTIFICATE_PATH) can't be used",
      remedy:
        "it is a PEM file with the certificate and its private key; one with a passphrase needs auth.certificatePassword (AZURE_CLIENT_CERTIFICATE_PASSWORD)",
    };
  }
  return {
    code: "LOGIN_FAILED",
    message: `the Azure SDK could not log in by ${method}`,
    remedy: "check auth, and the variables that begin with AZURE_",
  };
}
