/** What AWS's refusals and its silence mean, and what to do about each. None repeats the words of AWS. */
import { type ErrorCode, isMlflowAuthError, type MlflowAuthError, type PluginContext } from "@mlflow-auth/core/plugin";
import type { AwsOptions } from "./generated/options.js";
import { assumesRole } from "./login.js";

/** An error of the SDK. Its message may quote the request, and is judged but never repeated. */
interface SdkError {
  readonly name: string;
  readonly message: string;
  readonly cause?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $service?: string;
}

interface Fault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
  readonly transient?: true;
}

/** An MlflowAuthError for whatever the SDK threw; one of core's own as it is. */
export function faultOf(thrown: unknown, options: AwsOptions, context: PluginContext): MlflowAuthError {
  const ours = [thrown, (thrown as SdkError | undefined)?.cause].find(isMlflowAuthError);
  if (ours !== undefined) return ours;
  const { code, message, remedy, transient = false } = meaningOf(thrown as SdkError, options, context);
  return context.error(code, message, { remedy, transient });
}

function meaningOf(error: SdkError, options: AwsOptions, context: PluginContext): Fault {
  const name = typeof error?.name === "string" ? error.name : "an unknown error";
  const secret = `the secret ${options.secret.id}`;
  const status = error?.$metadata?.httpStatusCode;
  if (isLoginFault(name)) return loginFault(name, options, context);
  if (name === "CredentialsProviderError" || name === "TokenProviderError") return nothingToLogInWith(options);
  if (/AccessDenied|Unauthorized|NotAuthorized/.test(name)) {
    if (error.$service === "STS" || (assumesRole(options, context) && isAboutRole(error))) {
      return {
        code: "LOGIN_FAILED",
        message: "AWS does not let this login assume the role in `role`",
        remedy:
          "check role.arn and role.externalId, the trust policy of the role, and that this login may sts:AssumeRole on it: aws sts get-caller-identity shows who it is",
      };
    }
    return denied(error, secret, options);
  }
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
  if (/Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/.test(name) || status === 429) {
    return {
      code: "SECRET_UNREACHABLE",
      message: "AWS has too many requests (throttled)",
      remedy: "wait, raise cache.ttl, or have the quota of GetSecretValue raised",
      transient: true,
    };
  }
  if (/InternalService|InternalFailure|ServiceUnavailable|InternalServer/.test(name) || (status ?? 0) >= 500) {
    return {
      code: "SECRET_UNREACHABLE",
      message: `AWS fails${status === undefined ? "" : ` (status ${status})`}`,
      remedy: "wait; https://health.aws.amazon.com shows the state of the service",
      transient: true,
    };
  }
  if (/region/i.test(error?.message ?? "") && status === undefined) {
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

/** What AWS says of a signature or a token: the login itself is not accepted. */
function isLoginFault(name: string): boolean {
  return /ExpiredToken|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|InvalidToken|MissingAuthentication|RequestTimeTooSkewed|RequestExpired|InvalidIdentityToken|IDPRejectedClaim/.test(
    name,
  );
}

function loginFault(name: string, { profile }: AwsOptions, { env }: PluginContext): Fault {
  const place =
    profile === undefined
      ? env["AWS_ACCESS_KEY_ID"]
        ? "the keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        : "the login that the AWS SDK found"
      : `the profile ${profile}`;
  if (/Skew|RequestExpired/.test(name)) {
    const message = "AWS refused the login for its time: the clock of this machine is off";
    return { code: "LOGIN_FAILED", message, remedy: "set the clock, for example by NTP" };
  }
  if (/Expired/.test(name)) {
    const again = profile === undefined ? "get new ones" : `log in again: aws sso login --profile ${profile}`;
    return { code: "LOGIN_FAILED", message: `AWS says that ${place} expired`, remedy: again };
  }
  return {
    code: "LOGIN_FAILED",
    message: `AWS does not accept ${place} (${known(name)})`,
    remedy:
      "compare with aws sts get-caller-identity: the key may be deleted, inactive, mistyped or of another partition",
  };
}

function nothingToLogInWith({ profile }: AwsOptions): Fault {
  return profile === undefined
    ? {
        code: "SECRET_SOURCE",
        message: "the AWS SDK found nothing to log in with",
        remedy:
          "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile (AWS_PROFILE), or run where a role is attached; aws sts get-caller-identity shows what is found",
      }
    : {
        code: "SECRET_SOURCE",
        message: `the AWS SDK can't log in with the profile ${profile}`,
        remedy: `check ~/.aws/config and ~/.aws/credentials; with SSO: aws sso login --profile ${profile}`,
      };
}

function denied({ message }: SdkError, secret: string, { secret: { id } }: AwsOptions): Fault {
  if (/kms/i.test(message ?? "")) {
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

function isAboutRole({ message }: SdkError): boolean {
  return /sts:AssumeRole/i.test(message ?? "");
}

/** A name of an exception is no secret, but what does not look like one may be anything. */
function known(name: string): string {
  return /^[A-Za-z]{1,60}$/.test(name) ? name : "an unknown exception";
}
