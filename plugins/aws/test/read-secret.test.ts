/** What Secrets Manager and STS are asked, with whose keys, and over which connection. */
import type { TestBackend } from "@mlflow-auth/core/testing";
import { createAuthority } from "@mlflow-auth/test/servers/certificates";
import { environmentOf, makeKeys } from "@mlflow-auth/test/servers/secrets-manager-fake";
import { startTlsFront } from "@mlflow-auth/test/servers/tls-front";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { ROLE } from "./login-home.ts";
import { startLoginStage } from "./login-stage.ts";
import { type GivenOptions, startProvider } from "./start-provider.ts";

const test = suite("what AWS is asked", { timeout: 60 });

const { keys, home, aws, as, stop } = await startLoginStage();
test.after(stop);
const env = environmentOf(keys);

async function fetchOnce(given: GivenOptions = {}, more: Record<string, string> = {}): Promise<void> {
  aws.asked.length = aws.sessions.length = aws.roles.length = 0;
  const started = await startProvider(aws.endpoint, given, { env: { ...env, ...more } });
  assert.is(await started.headers(), "Authorization: Bearer t");
  await started.close();
}

test("the secret by its name, in the version that is named by its label or by its id", async () => {
  const id = "0f8d3a52-7f3e-4b9a-8b1c-2d3e4f5a6b7c";
  for (const [version, wanted] of [
    [undefined, {}],
    ["AWSPREVIOUS", { VersionStage: "AWSPREVIOUS" }],
    [id, { VersionId: id }],
    [id.toUpperCase(), { VersionId: id.toUpperCase() }],
    [`${id}-x`, { VersionStage: `${id}-x` }],
  ] as const) {
    await fetchOnce({ secret: { id: "team/a", ...(version !== undefined && { version }) } });
    assert.equal(aws.asked, [{ SecretId: "team/a", ...wanted }]);
  }
});

test("keys of a session bring it along, and a profile in the file wins over keys of the environment", async () => {
  await fetchOnce({}, { AWS_SESSION_TOKEN: "mine" });
  assert.equal(aws.sessions, ["mine"]);
  await as({ profile: "team" }, { ...environmentOf(makeKeys()) }, async ({ headers }) => {
    aws.sessions.length = 0;
    assert.is(await headers(), "Authorization: Bearer t");
    assert.equal(aws.sessions, ["session-sso"]);
  });
});

test("a role is assumed with what the file or the environment says of it", async () => {
  const asked = async (given: GivenOptions, more: Record<string, string>) => {
    aws.roles.length = 0;
    await as(given, { ...env, AWS_ENDPOINT_URL_STS: aws.endpoint, ...more }, async ({ headers }) => {
      assert.is(await headers(), "Authorization: Bearer t");
    });
    const [{ RoleArn, RoleSessionName, ExternalId } = {}] = aws.roles;
    return [RoleArn, RoleSessionName, ExternalId];
  };
  const other = `${ROLE}-2`;
  const role = { arn: ROLE, externalId: "team-1", sessionName: "night" };
  assert.equal(await asked({ role }, { AWS_ROLE_ARN: other }), [ROLE, "night", "team-1"]);
  assert.equal(await asked({}, { AWS_ROLE_ARN: other }), [other, "mlflow-auth", undefined]);
  assert.equal(await asked({}, { AWS_ROLE_ARN: other, AWS_ROLE_SESSION_NAME: "run" }), [other, "run", undefined]);
});

test("the region is the option's, else that of the ARN", async () => {
  const hosts: string[] = [];
  const http: TestBackend = ({ url }) => {
    hosts.push(new URL(String(url)).hostname);
    return { status: 200, text: JSON.stringify({ SecretString: "t" }) };
  };
  const id = "arn:aws:secretsmanager:eu-west-3:111122223333:secret:mlflow/auth-AbCdEf";
  for (const region of [undefined, "us-east-2"]) {
    const given = { secret: { id }, endpoint: undefined as never, region: region as never };
    await (await startProvider("", given, { env, http })).headers();
  }
  assert.equal(hosts, ["secretsmanager.eu-west-3.amazonaws.com", "secretsmanager.us-east-2.amazonaws.com"]);
});

test("bytes that are no text are refused", async () => {
  aws.secret = new Uint8Array([0x74, 0xff]);
  const { fault, close } = await startProvider(aws.endpoint, {}, { env });
  const { code, remedy } = await fault();
  assert.is(code, "SECRET_FORMAT");
  assert.match(remedy ?? "", "UTF-8");
  await close();
  aws.secret = "t";
});

test("authorities of one's own are trusted by the file's word, and what is not trusted is tried once", async () => {
  const authority = await createAuthority();
  const front = await startTlsFront({ upstream: aws.endpoint, certificate: await authority.issue() });
  const caFile = home.write("authority.pem", authority.cert);
  const trusting = await startProvider(front.address, { tls: { caFile } }, { env });
  assert.is(await trusting.headers(), "Authorization: Bearer t");
  await trusting.close();
  const { fault, close } = await startProvider(front.address, {}, { env });
  const before = front.connections();
  const { code, message, remedy } = await fault();
  assert.is(code, "SECRET_UNREACHABLE");
  assert.match(`${message} ${remedy}`, "tls.caFile (AWS_CA_BUNDLE)");
  assert.is(front.connections() - before, 1);
  await close();
  await front.stop();
});

test("cleartext to what is not loopback by its name only by the file's word", async () => {
  const endpoint = aws.endpoint.replace("127.0.0.1", "0.0.0.0");
  const { fault, close } = await startProvider(endpoint, {}, { env });
  assert.is((await fault()).code, "SERVER_CLEARTEXT");
  await close();
  const allowed = await startProvider(endpoint, { allowInsecure: true }, { env });
  assert.is(await allowed.headers(), "Authorization: Bearer t");
  await allowed.close();
});

test.run();
