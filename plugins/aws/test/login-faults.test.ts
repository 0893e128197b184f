/** What is told of a login that fails, by the way in and by what the other side says. */
import { canary, revealedBy } from "@mlflow-auth/core/testing";
import type { AwsLoginFault } from "@mlflow-auth/test/servers/aws-logins-fake";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { ROLE } from "./login-home.ts";
import { startLoginStage } from "./login-stage.ts";
import type { GivenOptions } from "./start-provider.ts";

const test = suite("what failed logins of AWS are told as", { timeout: 60 });

const stage = await startLoginStage();
const { home, tokenFile, logins, aws, as } = stage;
test.after(stage.stop);
const quoted = canary();

interface Told {
  readonly code: string;
  readonly message: RegExp;
  readonly remedy: RegExp;
  readonly transient?: true;
}

/** @param fault what the other side says meanwhile */
async function tells(
  given: GivenOptions,
  env: Readonly<Record<string, string>>,
  told: Told,
  fault?: AwsLoginFault | "reset",
): Promise<void> {
  logins.fault = fault;
  await as(given, env, async ({ fault, context }) => {
    const { code, message, remedy = "", transient } = await fault();
    assert.equal([code, transient], [told.code, told.transient ?? false], message);
    assert.match(message, told.message);
    assert.match(remedy, told.remedy);
    assert.is(revealedBy(`${message} ${remedy} ${JSON.stringify(context.logs)}`, quoted), undefined);
  });
}

function quoting(fault: AwsLoginFault | "reset"): AwsLoginFault | "reset" {
  return fault === "reset" ? fault : { ...fault, message: `${fault.message ?? ""} ${quoted}` };
}

const unreachable = (message: RegExp, remedy: RegExp): Told => ({
  code: "SECRET_UNREACHABLE",
  message,
  remedy,
  transient: true,
});
const refusedLogin = (message: RegExp, remedy: RegExp): Told => ({ code: "LOGIN_FAILED", message, remedy });
const down = unreachable(/can't be reached: the other side hangs up/, /answers from this machine/);

const sso: [fault: AwsLoginFault | "reset", told: Told][] = [
  [
    { status: 401, type: "UnauthorizedException" },
    refusedLogin(/the SSO login of the profile team has ended/, /^log in again: aws sso login --profile team$/),
  ],
  [
    { status: 403, type: "ForbiddenException" },
    refusedLogin(/does not give this user the role of the profile team/, /sso_account_id and sso_role_name/),
  ],
  [
    { status: 404, type: "ResourceNotFoundException" },
    refusedLogin(/does not give this user the role/, /permission set is assigned/),
  ],
  [{ status: 429, type: "TooManyRequestsException" }, unreachable(/throttled/, /wait/)],
  [{ status: 500, type: "InternalServerException" }, unreachable(/AWS fails \(status 500\)/, /wait/)],
  ["reset", down],
];
for (const [fault, told] of sso) {
  test(`SSO: ${typeof fault === "string" ? fault : fault.type}`, async () => {
    await tells({ profile: "team" }, {}, told, quoting(fault));
  });
}

test("SSO: a token that ended or was never there is told with the command that brings one", async () => {
  const ended = refusedLogin(/the SSO login of the profile/, /^log in again: aws sso login --profile (?:team|old)$/);
  home.ssoToken("team", { accessToken: quoted, expiresAt: new Date(Date.now() - 1000).toISOString() });
  await tells({ profile: "team" }, {}, ended);
  home.ssoToken("https://team.awsapps.com/start", { accessToken: quoted, expiresAt: "2020-01-01T00:00:00Z" });
  await tells({ profile: "old" }, {}, ended);
  const config = "[default]\nsso_session = other\nsso_account_id = 111122223333\nsso_role_name = reader\n";
  const session = "[sso-session other]\nsso_region = us-east-1\nsso_start_url = https://other.awsapps.com/start\n";
  const AWS_CONFIG_FILE = home.write("other", `${config}${session}`);
  await tells({}, { AWS_CONFIG_FILE }, refusedLogin(/the SSO login of the default profile/, /aws sso login$/));
  stage.loggedIn();
});

const env = { AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, AWS_ROLE_ARN: ROLE };
const webIdentity: [fault: AwsLoginFault | "reset", told: Told][] = [
  [
    { status: 400, type: "ExpiredTokenException" },
    refusedLogin(/the token in AWS_WEB_IDENTITY_TOKEN_FILE expired/, /the kubelet/),
  ],
  [
    { status: 400, type: "InvalidIdentityToken" },
    refusedLogin(/does not accept the token of the web identity \(InvalidIdentityTokenException\)/, /issuer \(iss\)/),
  ],
  [{ status: 403, type: "IDPRejectedClaim" }, refusedLogin(/does not accept the token/, /audience \(aud\)/)],
  [
    { status: 403, type: "AccessDenied", message: "Not authorized to perform sts:AssumeRoleWithWebIdentity" },
    refusedLogin(/does not let this web identity take its role/, /the role's trust policy/),
  ],
  [{ status: 400, type: "IDPCommunicationError" }, unreachable(/can't ask the provider of the web identity/, /wait/)],
  [{ status: 400, type: "Throttling" }, unreachable(/throttled/, /wait/)],
  [{ status: 500, type: "InternalFailure" }, unreachable(/AWS fails/, /wait/)],
  ["reset", down],
];
for (const [fault, told] of webIdentity) {
  test(`web identity: ${typeof fault === "string" ? fault : fault.type}`, async () => {
    await tells({}, env, told, quoting(fault));
  });
}

test("web identity: a file that is not there is named by its variable", async () => {
  const told = { code: "SECRET_SOURCE", message: /file in AWS_WEB_IDENTITY_TOKEN_FILE .* \(ENOENT\)/, remedy: /path/ };
  await tells({}, { ...env, AWS_WEB_IDENTITY_TOKEN_FILE: `${home.path}/none` }, told);
});

test("a role that may not be assumed is told where it was named", async () => {
  const denied = (place: RegExp, remedy: RegExp) => refusedLogin(place, remedy);
  const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = stage.keys;
  const own = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
  const message = `User is not authorized to perform: sts:AssumeRole on resource ${quoted}`;
  const fault = { status: 403, type: "AccessDenied", message };
  await tells(
    { role: { arn: ROLE, sessionName: "s" } },
    own,
    denied(/assume the role in `role`/, /role\.externalId/),
    fault,
  );
  await tells({}, { ...own, AWS_ROLE_ARN: ROLE }, denied(/the role in AWS_ROLE_ARN/, /^check AWS_ROLE_ARN/), fault);
  const keys = `[base]\naws_access_key_id = ${AWS_ACCESS_KEY_ID}\naws_secret_access_key = ${AWS_SECRET_ACCESS_KEY}\n`;
  const AWS_CONFIG_FILE = home.write("roles", `[profile taker]\nrole_arn = ${ROLE}\nsource_profile = base\n`);
  const AWS_SHARED_CREDENTIALS_FILE = home.write("base", keys);
  const files = { AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE };
  await tells(
    { profile: "taker" },
    files,
    denied(/the role of the profile taker/, /external_id of the profile/),
    fault,
  );
});

test("a container or an instance that gives no role is told as such", async () => {
  const fault = { status: 500, type: "Broken", message: quoted };
  const AWS_CONTAINER_CREDENTIALS_FULL_URI = `${logins.endpoint}/container`;
  const none = { code: "SECRET_SOURCE", message: /^the AWS SDK found nothing to log in with/, remedy: /AWS_PROFILE/ };
  await tells(
    {},
    { AWS_CONTAINER_CREDENTIALS_FULL_URI },
    {
      code: "SECRET_SOURCE",
      message: /^the address in AWS_CONTAINER_CREDENTIALS_FULL_URI gives no role/,
      remedy: /pod identity/,
      transient: true,
    },
    fault,
  );
  await tells({}, { AWS_EC2_METADATA_SERVICE_ENDPOINT: logins.endpoint }, none, fault);
});

test("keys that expired are told with where they came from", async () => {
  const expired = () => aws.faults.push({ status: 400, type: "ExpiredTokenException", message: quoted });
  expired();
  await tells(
    { profile: "team" },
    {},
    refusedLogin(/the login of the profile team expired/, /aws sso login --profile/),
  );
  expired();
  const instance = { AWS_EC2_METADATA_SERVICE_ENDPOINT: logins.endpoint };
  await tells({}, instance, refusedLogin(/the login that the AWS SDK found expired/, /get-caller-identity/));
});

test.run();
