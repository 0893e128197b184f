/** Why there are no keys to sign with: what is not about the login itself. */
import type { MlflowAuthError, PluginContext } from "@mlflow-auth/core/plugin";
import { errorOf } from "../faults.js";
import type { LoginOptions } from "../login.js";
import { loginFaultOf } from "../login-faults.js";
import type { LastAnswer } from "../request-handler.js";
import { type Fault, failing, known, type SdkError, throttledLogin } from "../service-faults.js";

/** An MlflowAuthError for whatever the SDK threw; one of core's own as it is. @param last what the other side answered last */
export function keysFaultOf(
  thrown: unknown,
  options: LoginOptions,
  context: PluginContext,
  last: LastAnswer,
): MlflowAuthError {
  return errorOf(thrown, context, last, (error) => loginFaultOf(error, options, context, last) ?? otherFaultOf(error));
}

function otherFaultOf({ name, $metadata }: SdkError): Fault {
  const status = $metadata?.httpStatusCode;
  if (/Throttl|TooManyRequests|RequestLimitExceeded/.test(name) || status === 429) return throttledLogin;
  if (/InternalService|InternalFailure|ServiceUnavailable|InternalServer/.test(name) || (status ?? 0) >= 500) {
    return failing(status);
  }
  return {
    code: "SECRET_UNREACHABLE",
    message: `AWS gave an answer that no login gets${status === undefined ? "" : ` (status ${status})`}: ${known(name)}`,
    remedy: "check region, AWS_ENDPOINT_URL_STS and what stands in front of AWS",
  };
}
