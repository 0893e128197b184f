/** Why AWS lets nobody in: keys, SSO, a web identity, a role, a container. Each with what to do about it. */
import type { PluginContext } from "@mlflow-auth/core/plugin";
import type { LoginOptions } from "./login.js";
import type { LastAnswer } from "./request-handler.js";
import { type Fault, failing, known, type SdkError, throttledLogin } from "./service-faults.js";

/**
 * Undefined where it is not about the login.
 *
 * @param last what the other side answered last: the SDK repeats it in words alone where it looks for a login
 */
export function loginFaultOf(
  error: SdkError,
  options: LoginOptions,
  { env }: PluginContext,
  last: LastAnswer,
): Fault | undefined {
  const { name, message = "" } = error;
  if (/AccessDenied|Unauthorized|NotAuthorized/.test(name)) return deniedRole(message, options, env);
  if (name === "CredentialsProviderError" || name === "TokenProviderError") {
    const { status = 0 } = last;
    if (status === 429) return throttledLogin;
    if (status >= 500) return failing(status);
    if (/^Invalid response from STS/.test(message)) {
      return {
        code: "SECRET_UNREACHABLE",
        message: `AWS gave an answer that STS does not give (status ${status})`,
        remedy: "check AWS_ENDPOINT_URL_STS and what stands in front of AWS",
      };
    }
    return ssoFault(message, options) ?? nothingToLogInWith(options, env);
  }
  if (env["AWS_WEB_IDENTITY_TOKEN_FILE"] && /^E[A-Z]+$/.test(error.code ?? "")) {
    return {
      code: "SECRET_SOURCE",
      message: `the file in AWS_WEB_IDENTITY_TOKEN_FILE can't be read (${error.code})`,
      remedy:
        "check the path and who may read it: on EKS the token is mounted where the pod's service account has a role",
    };
  }
  if (/^IDPCommunicationError/.test(name)) {
    return {
      code: "SECRET_UNREACHABLE",
      message: "AWS can't ask the provider of the web identity",
      remedy: "wait; the address of the provider must answer AWS from the internet",
      transient: true,
    };
  }
  return REFUSED.test(name) ? refused(name, options, env) : undefined;
}

/** What AWS says of a signature or a token: the login itself is not accepted. */
const REFUSED =
  /ExpiredToken|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|InvalidToken|MissingAuthentication|RequestTimeTooSkewed|RequestExpired|InvalidIdentityToken|IDPRejectedClaim/;

type Env = PluginContext["env"];

function refused(name: string, { profile }: LoginOptions, env: Env): Fault {
  if (/Skew|RequestExpired/.test(name)) {
    const message = "AWS refused the login for its time: the clock of this machine is off";
    return { code: "LOGIN_FAILED", message, remedy: "set the clock, for example by NTP" };
  }
  const [place, again] = placeOf(profile, env);
  if (/Expired/.test(name)) return { code: "LOGIN_FAILED", message: `AWS says that ${place} expired`, remedy: again };
  if (/Identity|IDP/.test(name)) {
    return {
      code: "LOGIN_FAILED",
      message: `AWS does not accept the token of the web identity (${known(name)})`,
      remedy: "the account needs an identity provider with the token's issuer (iss) and audience (aud)",
    };
  }
  return {
    code: "LOGIN_FAILED",
    message: `AWS does not accept ${place} (${known(name)})`,
    remedy:
      "compare with aws sts get-caller-identity: the key may be deleted, inactive, mistyped or of another partition",
  };
}

/** What the login is made of, and how a new one is had. */
function placeOf(profile: string | undefined, env: Env): [place: string, again: string] {
  if (profile !== undefined) {
    return [`the login of the profile ${profile}`, `get new keys; with SSO: aws sso login --profile ${profile}`];
  }
  if (env["AWS_ACCESS_KEY_ID"]) return ["the keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", "get new ones"];
  if (env["AWS_WEB_IDENTITY_TOKEN_FILE"]) {
    return ["the token in AWS_WEB_IDENTITY_TOKEN_FILE", "have a new one written there: on EKS the kubelet does it"];
  }
  return ["the login that the AWS SDK found", "get a new one: aws sts get-caller-identity shows where it comes from"];
}

function ssoFault(message: string, { profile }: LoginOptions): Fault | undefined {
  const named = profile === undefined ? "the default profile" : `the profile ${profile}`;
  const option = profile === undefined ? "" : ` --profile ${profile}`;
  if (/To refresh this SSO session|^UnauthorizedException/.test(message)) {
    return {
      code: "LOGIN_FAILED",
      message: `the SSO login of ${named} has ended, or was never made`,
      remedy: `log in again: aws sso login${option}`,
    };
  }
  if (/^(?:ForbiddenException|ResourceNotFoundException)/.test(message)) {
    return {
      code: "LOGIN_FAILED",
      message: `SSO does not give this user the role of ${named}`,
      remedy: `check sso_account_id and sso_role_name of ${named}, and that the permission set is assigned to the user`,
    };
  }
  return undefined;
}

function deniedRole(message: string, { role, profile }: LoginOptions, env: Env): Fault | undefined {
  if (/sts:AssumeRoleWithWebIdentity/i.test(message)) {
    return {
      code: "LOGIN_FAILED",
      message: "AWS does not let this web identity take its role (AWS_ROLE_ARN)",
      remedy:
        "check the role's trust policy: its provider, audience (aud) and subject (sub) must be those of the token in AWS_WEB_IDENTITY_TOKEN_FILE",
    };
  }
  if (!/sts:AssumeRole/i.test(message)) return undefined;
  const [place, arn] =
    role !== undefined
      ? ["in `role`", "role.arn and role.externalId"]
      : profile === undefined || env["AWS_ROLE_ARN"]
        ? ["in AWS_ROLE_ARN", "AWS_ROLE_ARN"]
        : [`of the profile ${profile}`, "role_arn and external_id of the profile"];
  return {
    code: "LOGIN_FAILED",
    message: `AWS does not let this login assume the role ${place}`,
    remedy: `check ${arn}, the trust policy of the role, and that this login may sts:AssumeRole on it: aws sts get-caller-identity shows who it is`,
  };
}

function nothingToLogInWith({ profile }: LoginOptions, env: Env): Fault {
  if (profile !== undefined) {
    return {
      code: "SECRET_SOURCE",
      message: `the AWS SDK can't log in with the profile ${profile}`,
      remedy: `check ~/.aws/config and ~/.aws/credentials; with SSO: aws sso login --profile ${profile}`,
    };
  }
  const container = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"].find(
    (variable) => env[variable],
  );
  if (container !== undefined) {
    return {
      code: "SECRET_SOURCE",
      message: `the address in ${container} gives no role`,
      remedy: "check the role of the task, or the pod identity association and its agent",
      // The agent may be starting anew.
      transient: true,
    };
  }
  return {
    code: "SECRET_SOURCE",
    message: "the AWS SDK found nothing to log in with",
    remedy:
      "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile (AWS_PROFILE), or run where a role is attached; aws sts get-caller-identity shows what is found",
  };
}
