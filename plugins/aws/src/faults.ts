/** What AWS's refusals and its silence mean, and what to do about each. None repeats the words of AWS. */
import { isMlflowAuthError, type MlflowAuthError, type PluginContext } from "@mlflow-auth/core/plugin";
import type { AwsOptions } from "./generated/options.js";
import { loginFaultOf } from "./login-faults.js";
import type { LastAnswer } from "./request-handler.js";
import { secretFaultOf } from "./secret-faults.js";
import type { Fault, SdkError } from "./service-faults.js";

/**
 * An MlflowAuthError for whatever the SDK threw; one of core's own as it is.
 *
 * @param last what the other side answered last
 */
export function faultOf(
  thrown: unknown,
  options: AwsOptions,
  context: PluginContext,
  last: LastAnswer = {},
): MlflowAuthError {
  return errorOf(thrown, context, last, (error) => {
    return loginFaultOf(error, options, context, last) ?? secretFaultOf(error, options);
  });
}

/** @param tell what an error of the SDK means. @param last as for {@link faultOf} */
export function errorOf(
  thrown: unknown,
  context: PluginContext,
  last: LastAnswer,
  tell: (error: SdkError) => Fault,
): MlflowAuthError {
  const ours = [thrown, (thrown as SdkError | undefined)?.cause].find(isMlflowAuthError);
  if (ours !== undefined) return ours;
  const error = { ...(thrown as SdkError), name: nameOf(thrown), message: String((thrown as Error)?.message ?? "") };
  // Where the SDK looks for a login, it keeps of a failed connection no more than its name.
  if (/ProviderError$/.test(error.name) && last.failure !== undefined) return last.failure;
  const fault = tell(error);
  return context.error(fault.code, fault.message, { remedy: fault.remedy, transient: fault.transient ?? false });
}

function nameOf(thrown: unknown): string {
  const name = (thrown as Partial<SdkError> | undefined)?.name;
  return typeof name === "string" ? name : "an unknown error";
}
