/** Where the keys of signatures come from: the logins of the plugin aws, and how long they last. */
import { type Auth, isSecret } from "@mlflow-auth/core/plugin";
import { canary, fakeClock, revealedBy, testRequest } from "@mlflow-auth/core/testing";
import { withVariables } from "@mlflow-auth/test/process-variables";
import { environmentOf, makeKeys } from "@mlflow-auth/test/servers/secrets-manager-fake";
import { rejected, type StartedProvider } from "@mlflow-auth/test/start-provider";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { ROLE } from "../login-home.ts";
import { startLoginStage } from "../login-stage.ts";
import { createRoleGiver } from "./role-giver.ts";
import { type GivenOptions, startSigner } from "./start-signer.ts";

const test = suite("the keys of signatures", { timeout: 60 });

const stage = await startLoginStage();
const { keys, home, tokens, tokenFile, logins } = stage;
test.after(stage.stop);

/** What a signature says of its key: `KEY/DAY/REGION/SERVICE`, and the session's token. */
async function signedBy({ provider, auth }: StartedProvider): Promise<[scope: string, session: string | undefined]> {
  const { url, server } = testRequest();
  const request = { url, server, method: "GET", path: url.pathname, headers: [["Host", url.host]] as const };
  const headers = await provider.signRequest?.({ ...request, sha256: async () => "0".repeat(64) }, await auth());
  const { Authorization, "X-Amz-Security-Token": session } = headers ?? {};
  assert.ok(isSecret(Authorization));
  const [, scope = ""] = /Credential=(\S+)\/aws4_request,/.exec(Authorization.reveal()) ?? [];
  if (session === undefined) return [scope, session];
  assert.ok(isSecret(session));
  return [scope, session.reveal()];
}

const today = () => new Date().toISOString().slice(0, 10).replaceAll("-", "");
const services = ["SSO", "SSO_OIDC", "STS"].map((name) => [`AWS_ENDPOINT_URL_${name}`, logins.endpoint]);

const webIdentity = { AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, AWS_ROLE_ARN: ROLE };
const container = {
  AWS_CONTAINER_AUTHORIZATION_TOKEN: tokens.container,
  AWS_CONTAINER_CREDENTIALS_FULL_URI: `${logins.endpoint}/container`,
};
const ways: [what: string, given: GivenOptions, env: Record<string, string>, session: string][] = [
  ["SSO", { profile: "team" }, {}, "session-sso"],
  ["a web identity", {}, webIdentity, "session-web-identity"],
  ["the role of a container", {}, container, "session-container"],
  ["the role of an instance", {}, { AWS_EC2_METADATA_SERVICE_ENDPOINT: logins.endpoint }, "session-instance"],
];
for (const [what, given, own, session] of ways) {
  test(`${what}: one login for many signatures, and nothing of it is told`, async () => {
    logins.asked.length = 0;
    const env = { ...Object.fromEntries(services), ...own };
    const printed: string[] = [];
    const { warn } = console;
    console.warn = (...words) => void printed.push(words.join(" "));
    await withVariables(env, async () => {
      const started = await startSigner({ region: "eu-central-1", ...given }, { env, clock: fakeClock(Date.now()) });
      const wanted = [`${keys.accessKeyId}/${today()}/eu-central-1/execute-api`, session];
      assert.equal(await signedBy(started), wanted);
      const times = logins.asked.length;
      assert.equal(await signedBy(started), wanted);
      assert.is(logins.asked.length, times);
      const shown = JSON.stringify([started.context.logs, await started.auth()]);
      for (const token of [...Object.values(tokens), keys.secretAccessKey]) {
        assert.is(revealedBy(shown, token), undefined);
      }
      await started.close();
    }).finally(() => Object.assign(console, { warn }));
    assert.equal(printed, []);
  });
}

test("keys of the environment sign without a session, or with theirs; the region is the environment's or the profile's", async () => {
  const own = makeKeys();
  const cases: [given: GivenOptions, env: Record<string, string>, region: string][] = [
    [{ region: "eu-west-1" }, { AWS_REGION: "us-east-1" }, "eu-west-1"],
    [{}, { AWS_REGION: "us-east-1", AWS_DEFAULT_REGION: "us-east-2" }, "us-east-1"],
    [{}, { AWS_DEFAULT_REGION: "us-east-2" }, "us-east-2"],
    [{}, { AWS_CONFIG_FILE: home.write("plain", "[default]\nregion = ap-south-1\n") }, "ap-south-1"],
  ];
  for (const [given, more, region] of cases) {
    for (const session of [undefined, canary()]) {
      const env = { ...environmentOf(own), ...more, ...(session && { AWS_SESSION_TOKEN: session }) };
      const started = await startSigner(given, { env });
      assert.equal(await signedBy(started), [`${own.accessKeyId}/20600101/${region}/execute-api`, session]);
      await started.close();
    }
  }
  // With a profile it alone decides.
  for (const [given, env] of [
    [{ profile: "there" }, {}],
    [{}, { AWS_PROFILE: "there", ...environmentOf(own) }],
  ] as const) {
    const named = await startSigner(given, { env });
    assert.equal(await signedBy(named), ["none/20600101/sa-east-1/execute-api", undefined]);
    await named.close();
  }
});

test("a region of the environment or the profile that is none is refused without being repeated, before anybody is asked", async () => {
  const wrong = "x.evil.example.com/#";
  const file = home.write("wrong-region", `[default]\nregion = ${wrong}\n`);
  const cases: [env: Record<string, string>, told: RegExp][] = [
    [{ AWS_REGION: wrong, AWS_DEFAULT_REGION: "us-east-1" }, /^AWS_REGION holds/],
    [{ AWS_DEFAULT_REGION: "eu\nwest" }, /^AWS_DEFAULT_REGION holds/],
    [{ AWS_CONFIG_FILE: file }, /^the region of the profile default holds/],
  ];
  for (const [env, told] of cases) {
    const http = () => {
      throw new Error("nobody may be asked");
    };
    const role = { arn: "arn:aws:iam::111122223333:role/mlflow-caller", sessionName: "mlflow-auth" };
    const started = await startSigner({ role }, { env: { ...environmentOf(makeKeys()), ...env }, http });
    const { code, message, remedy } = await started.fault();
    assert.is(code, "WRONG_VALUE");
    assert.match(message, told);
    assert.not.match(`${message} ${remedy}`, /evil|\n/);
    await started.close();
    // Where the options say it, nobody looks there.
    const said = await startSigner({ region: "eu-west-1" }, { env: { ...environmentOf(makeKeys()), ...env } });
    await said.auth();
    await said.close();
  }
});

async function startRole(given: GivenOptions = {}) {
  const clock = fakeClock(Date.UTC(2060, 0, 1));
  const sts = createRoleGiver(makeKeys(), canary(), () => clock.wallTime());
  const role = { arn: ROLE, sessionName: "run-1" };
  const context = { env: environmentOf(makeKeys()), clock, http: sts.http };
  return { clock, sts, ...(await startSigner({ region: "eu-west-1", role, ...given }, context)) };
}

test("a role is assumed in the region of the ARN, and its session is renewed ahead of its end, with another id", async () => {
  const arn = "arn:aws:sagemaker:eu-central-1:111122223333:mlflow-tracking-server/team";
  const { clock, sts, auth, close } = await startRole({ arn, region: undefined as never });
  const first = await auth();
  assert.equal([sts.asked, sts.host], [1, "sts.eu-central-1.amazonaws.com"]);
  assert.is(first.expiresAt, clock.wallTime() + 3_600_000);
  await clock.advance(30 * 60_000);
  assert.is(await auth(), first);
  sts.keys = makeKeys();
  await clock.advance(28 * 60_000);
  assert.is(await auth(), first, "nobody waits for the next one");
  while (sts.asked < 2) await new Promise(setImmediate);
  let second = await auth();
  while (second === first) second = await new Promise(setImmediate).then(auth);
  assert.is.not(second.id, first.id);
  await close();
});

test("answers that may be about the login make one new login in a minute; a 401 makes one at once", async () => {
  const { clock, sts, auth, provider, close } = await startRole();
  const suspect = async (): Promise<Auth> => {
    await provider.invalidate("suspected", rejected);
    return auth();
  };
  await auth();
  for (let i = 0; i < 5; i++) await suspect();
  assert.is(sts.asked, 2);
  await clock.advance(60_000);
  await suspect();
  assert.is(sts.asked, 3);
  await provider.invalidate("unauthorized", rejected);
  await auth();
  assert.is(sts.asked, 4);
  await close();
});

test("keys without an end are read again after five minutes, and are the same credential as long as they are the same", async () => {
  const own = makeKeys();
  const text = ({ accessKeyId, secretAccessKey }: typeof own) =>
    `[mine]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
  const env = { AWS_SHARED_CREDENTIALS_FILE: home.write("mine", text(own)) };
  const { auth, provider, context, close } = await startSigner({ region: "eu-west-1", profile: "mine" }, { env });
  const { id } = await auth();
  await provider.invalidate("unauthorized", rejected);
  assert.is((await auth()).id, id);
  home.write("mine", text({ ...own, secretAccessKey: makeKeys().secretAccessKey }));
  assert.is((await auth()).id, id);
  await context.clock.advance(300_000);
  assert.is.not((await auth()).id, id);
  await close();
});

const quoted = canary();
const faults: [status: number, type: string, message: string, code: string, told: RegExp, transient: boolean][] = [
  [
    403,
    "AccessDenied",
    "not authorized to perform: sts:AssumeRole",
    "LOGIN_FAILED",
    /assume the role in `role`/,
    false,
  ],
  [400, "Throttling", "", "SECRET_UNREACHABLE", /throttled/, true],
  [503, "ServiceUnavailable", "", "SECRET_UNREACHABLE", /AWS fails/, true],
  [400, "ExpiredToken", "", "LOGIN_FAILED", /expired/, false],
  [403, "RequestTimeTooSkewed", "", "LOGIN_FAILED", /clock of this machine is off/, false],
  [400, "SomethingNew", "", "SECRET_UNREACHABLE", /no login gets \(status 400\): SomethingNew$/, false],
];
for (const [status, type, message, code, told, transient] of faults) {
  test(`${type} is ${code}, and none of AWS's words is repeated`, async () => {
    const { sts, fault, context, close } = await startRole();
    sts.fault = { status, type, message: `${message} ${quoted}` };
    const error = await fault();
    assert.equal([error.code, error.transient], [code, transient], error.message);
    assert.match(error.message, told);
    assert.ok(error.remedy);
    assert.not.match(`${error.message} ${error.remedy}`, /secret /i, "it is no secret that is looked for");
    assert.is(revealedBy(`${error.message} ${error.remedy} ${JSON.stringify(context.logs)}`, quoted), undefined);
    await close();
  });
}

test("nothing to log in with, and a profile that is not there, are SECRET_SOURCE", async () => {
  const nowhere = { AWS_CONFIG_FILE: "/nowhere/config", AWS_SHARED_CREDENTIALS_FILE: "/nowhere/credentials" };
  await withVariables({ AWS_EC2_METADATA_DISABLED: "true", ...nowhere }, async () => {
    for (const [given, told] of [
      [{}, /found nothing to log in with/],
      [{ profile: "team" }, /can't log in with the profile team/],
    ] as const) {
      const { fault, close } = await startSigner({ region: "eu-west-1", ...given }, { env: nowhere });
      const { code, message } = await fault();
      assert.is(code, "SECRET_SOURCE");
      assert.match(message, told);
      await close();
    }
  });
});

test("what can't be signed is told before anybody waits for a body", async () => {
  const { fault, close } = await startSigner({}, { env: environmentOf(makeKeys()) });
  assert.is((await fault()).code, "SECRET_SOURCE");
  await close();
  const { provider, auth, close: end } = await startSigner({ region: "eu-west-1" }, { env: environmentOf(makeKeys()) });
  const { url, server } = testRequest();
  const request = { url, server, method: "GET", path: "/base/x?a=%FF", headers: [["Host", url.host]] as const };
  try {
    await provider.signRequest?.({ ...request, sha256: async () => "0".repeat(64) }, await auth());
    assert.unreachable();
  } catch (thrown) {
    assert.is((thrown as { code?: string }).code, "WRONG_VALUE");
  }
  await end();
});

test("a client can't ask for an MLflow of another kind than the ARN's beside it", async () => {
  const { url, server } = testRequest();
  const names = ["x-mlflow-sm-tracking-server-arn", "x-sm-mlflow-app-arn"];
  for (const [kind, own, other] of [
    ["mlflow-tracking-server", ...names],
    ["mlflow-app", ...names.toReversed()],
  ] as [string, string, string][]) {
    const arn = `arn:aws:sagemaker:eu-west-1:111122223333:${kind}/team`;
    const { provider, auth, close } = await startSigner({ arn }, { env: environmentOf(makeKeys()) });
    const signed = async (name: string) => {
      const headers = [["Host", url.host] as const, [name, "arn:other"] as const];
      const request = { url, server, method: "GET", path: "/", headers, sha256: async () => "0".repeat(64) };
      return await provider.signRequest?.(request, await auth());
    };
    assert.is((await signed(own))?.[own], arn, "its own replaces that of the client");
    for (const name of [other, other.toUpperCase(), other.replaceAll("-", "_")]) {
      const thrown = await signed(name).catch((error: unknown) => error as { code?: string; message: string });
      assert.is((thrown as { code?: string })?.code, "WRONG_VALUE", name);
    }
    await close();
  }
});

test.run();
