/** Why Secrets Manager does not give a secret, and what to do about each. */
import type { AwsOptions } from "./generated/options.js";
import { type Fault, failing, known, type SdkError, throttled } from "./service-faults.js";

/** Of whatever is not about the login. */
export function secretFaultOf(error: SdkError, options: AwsOptions): Fault {
  const { name } = error;
  const secret = `the secret ${options.secret.id}`;
  const status = error.$metadata?.httpStatusCode;
  if (/AccessDenied|Unauthorized|NotAuthorized/.test(name)) return denied(error, secret, options);
  switch (name) {
    case "ResourceNotFoundException":
      return {
        code: "SECRET_NOT_FOUND",
        message: `AWS has no ${secret.slice(4)}${options.secret.version === undefined ? "" : `, or not its version ${options.secret.version}`}`,
        remedy: `check secret.id${options.secret.version === undefined ? "" : ", secret.version"} and region (AWS_REGION): aws secretsmanager list-secret-version-ids --secret-id ${options.secret.id}`,
      };
    case "InvalidRequestException":
      return {
        code: "SECRET_NOT_FOUND",
        message: `${secret} can't be read in the state that it is in, as where it is scheduled for deletion`,
        remedy: `look with aws secretsmanager describe-secret --secret-id ${options.secret.id}; bring it back with aws secretsmanager restore-secret`,
      };
    case "InvalidParameterException":
    case "ValidationException":
      return {
        code: "SECRET_NOT_FOUND",
        message: `AWS does not take the name or the version of ${secret}`,
        remedy: "check secret.id and secret.version",
      };
    case "DecryptionFailure":
      return {
        code: "SECRET_DENIED",
        message: `AWS can't decrypt ${secret} with its KMS key`,
        remedy: "check that the key exists and is enabled, and that this login may kms:Decrypt with it",
      };
  }
  if (/Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/.test(name) || status === 429) return throttled;
  if (/InternalService|InternalFailure|ServiceUnavailable|InternalServer/.test(name) || (status ?? 0) >= 500) {
    return failing(status);
  }
  if (/region/i.test(error.message) && status === undefined) {
    return {
      code: "SECRET_SOURCE",
      message: "nothing says in which region the secret is",
      remedy: "set region (AWS_REGION), or give the secret's ARN in secret.id",
    };
  }
  return {
    code: "SECRET_UNREACHABLE",
    message: `AWS gave an answer that Secrets Manager does not give${status === undefined ? "" : ` (status ${status})`}: ${known(name)}`,
    remedy: "check endpoint (AWS_ENDPOINT_URL), region and what stands in front of AWS",
  };
}

function denied({ message }: SdkError, secret: string, { secret: { id } }: AwsOptions): Fault {
  if (/kms/i.test(message)) {
    return {
      code: "SECRET_DENIED",
      message: `AWS denied decrypting ${secret}`,
      remedy: "allow this login kms:Decrypt with the key of the secret, in the key's policy or its own",
    };
  }
  return {
    code: "SECRET_DENIED",
    message: `AWS denied reading ${secret}`,
    remedy: `allow this login secretsmanager:GetSecretValue on ${id}, and look at the secret's own policy: aws secretsmanager get-resource-policy --secret-id ${id}`,
  };
}
