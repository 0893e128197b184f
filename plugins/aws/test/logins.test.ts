/** Every way in that the AWS SDK's chain knows beside keys, against strict doubles of what it asks. */
import { canary, revealedBy, type TestBackend } from "@mlflow-auth/core/testing";
import { withVariables } from "@mlflow-auth/test/process-variables";
import { makeKeys } from "@mlflow-auth/test/servers/secrets-manager-fake";
import { rejected } from "@mlflow-auth/test/start-provider";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { ROLE } from "./login-home.ts";
import { startLoginStage } from "./login-stage.ts";
import { type GivenOptions, startProvider } from "./start-provider.ts";

const test = suite("logins of AWS beside keys", { timeout: 60 });

const stage = await startLoginStage();
const { keys, home, tokens, tokenFile, aws, logins, loggedIn, as } = stage;
test.after(stage.stop);

type Way = [what: string, given: GivenOptions, env: () => Record<string, string>, session: string, asked: RegExp];
const container = { AWS_CONTAINER_AUTHORIZATION_TOKEN: tokens.container };
const webIdentity = { AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, AWS_ROLE_ARN: ROLE };
const ways: Way[] = [
  ["SSO by a session", { profile: "team" }, () => ({}), "session-sso", /role_name=reader&account_id=111122223333/],
  ["SSO by an address", { profile: "old" }, () => ({}), "session-sso", /role_name=reader/],
  ["a web identity of the environment", {}, () => webIdentity, "session-web-identity", /POST \//],
  ["a web identity of a profile", { profile: "pod" }, () => ({}), "session-web-identity", /POST \//],
  [
    "the role of a container",
    {},
    () => ({ ...container, AWS_CONTAINER_CREDENTIALS_FULL_URI: `${logins.endpoint}/container` }),
    "session-container",
    /GET \/container/,
  ],
  [
    "the role of an instance",
    {},
    () => ({ AWS_EC2_METADATA_SERVICE_ENDPOINT: logins.endpoint }),
    "session-instance",
    /PUT \/latest\/api\/token/,
  ],
];

for (const [what, given, env, session, asked] of ways) {
  test(`${what} logs in once for many fetches, and nothing is printed`, async () => {
    logins.asked.length = aws.sessions.length = 0;
    const written: string[] = [];
    const { write: out } = process.stdout;
    const { write: err } = process.stderr;
    try {
      process.stdout.write = process.stderr.write = (text: string | Uint8Array) => written.push(String(text)) > 0;
      await as(given, env(), async ({ headers, provider, context }) => {
        assert.is(await headers(), "Authorization: Bearer t");
        const times = logins.asked.length;
        await provider.invalidate("unauthorized", rejected);
        assert.is(await headers(), "Authorization: Bearer t");
        assert.is(logins.asked.length, times);
        const shown = JSON.stringify(context.logs);
        for (const token of [...Object.values(tokens), keys.secretAccessKey]) {
          assert.is(revealedBy(shown, token), undefined);
        }
      });
    } finally {
      Object.assign(process.stdout, { write: out });
      Object.assign(process.stderr, { write: err });
    }
    assert.equal(written, []);
    assert.equal(aws.sessions, [session, session]);
    assert.match(logins.asked[0] as string, asked);
  });
}

test("an SSO token that ends is renewed, and kept where `aws sso login` keeps it", async () => {
  const soon = { expiresAt: new Date(Date.now() + 60_000).toISOString(), accessToken: canary() };
  home.ssoToken("team", {
    ...soon,
    refreshToken: tokens.refresh,
    clientId: "c",
    clientSecret: "s",
    region: "us-east-1",
  });
  logins.asked.length = 0;
  await as({ profile: "team" }, {}, async ({ headers }) => {
    assert.is(await headers(), "Authorization: Bearer t");
  });
  assert.match(logins.asked.join("\n"), /^oidc POST \/token\nsso GET/);
  assert.is(home.readSsoToken("team")["accessToken"], tokens.sso);
  loggedIn();
});

test("logins go through core's client, each to the region of its own", async () => {
  const hosts: string[] = [];
  const answer: TestBackend = ({ url, body }) => {
    const { hostname } = new URL(String(url));
    hosts.push(hostname);
    const expires = new Date(Date.now() + 3_600_000);
    const { accessKeyId, secretAccessKey } = keys;
    if (hostname.startsWith("portal.")) {
      const roleCredentials = { accessKeyId, secretAccessKey, sessionToken: "s", expiration: expires.getTime() };
      return { status: 200, text: JSON.stringify({ roleCredentials }) };
    }
    if (!hostname.startsWith("sts.")) return { status: 200, text: JSON.stringify({ SecretString: "t" }) };
    const call = new URLSearchParams(String(body)).get("Action");
    const given = `<AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey>`;
    const rest = `<SessionToken>s</SessionToken><Expiration>${expires.toISOString()}</Expiration>`;
    const inner = `<${call}Result><Credentials>${given}${rest}</Credentials></${call}Result>`;
    return {
      status: 200,
      headers: { "content-type": "text/xml" },
      text: `<${call}Response>${inner}</${call}Response>`,
    };
  };
  const secrets = "secretsmanager.eu-central-1.amazonaws.com";
  const portal = "portal.sso.us-east-1.amazonaws.com";
  const sts = "sts.eu-central-1.amazonaws.com";
  for (const [given, env, wanted] of [
    [{ profile: "team" }, {}, [portal, secrets]],
    [{ profile: "old" }, {}, [portal, secrets]],
    [{ profile: "pod" }, {}, [sts, secrets]],
    [{}, webIdentity, [sts, secrets]],
    [{ profile: "team", role: { arn: ROLE, sessionName: "s" } }, {}, [portal, sts, secrets]],
  ] as [GivenOptions, Record<string, string>, string[]][]) {
    hosts.length = 0;
    await withVariables(env, async () => {
      const started = await startProvider("", { ...given, endpoint: undefined as never }, { http: answer, env });
      assert.is(await started.headers(), "Authorization: Bearer t");
      assert.equal(hosts, wanted);
      await started.close();
    });
  }
});

test("without a region of its own the secret is in that of the profile, be it the file's or the environment's", async () => {
  const hosts: string[] = [];
  const http: TestBackend = ({ url }) => {
    hosts.push(new URL(String(url)).hostname);
    return { status: 200, text: JSON.stringify({ SecretString: "t" }) };
  };
  const given = { profile: "there", endpoint: undefined as never, region: undefined as never };
  const { headers } = await startProvider("", given, { http, env: {} });
  assert.is(await headers(), "Authorization: Bearer t");
  assert.equal(hosts, ["secretsmanager.sa-east-1.amazonaws.com"]);
});

test("the files of a login are those of the environment that the file was loaded with", async () => {
  const { accessKeyId, secretAccessKey } = keys;
  const text = `[mine]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
  const env = { AWS_SHARED_CREDENTIALS_FILE: home.write("mine", text) };
  const { headers, close } = await startProvider(aws.endpoint, { profile: "mine" }, { env });
  assert.is(await headers(), "Authorization: Bearer t");
  await close();
  const own = { ...webIdentity, AWS_ROLE_SESSION_NAME: "run-1" };
  await withVariables({ AWS_ENDPOINT_URL_STS: logins.endpoint, AWS_EC2_METADATA_DISABLED: "true" }, async () => {
    const web = await startProvider(aws.endpoint, {}, { env: own });
    assert.is(await web.headers(), "Authorization: Bearer t");
    await web.close();
  });
});

test("keys that were replaced in their file are taken at once", async () => {
  const profile = ({ accessKeyId, secretAccessKey }: typeof keys) =>
    `[keys]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
  const old = { ...keys };
  home.write(".aws/credentials", profile(old));
  try {
    await as({ profile: "keys" }, {}, async ({ headers, fault, provider, context }) => {
      assert.is(await headers(), "Authorization: Bearer t");
      Object.assign(keys, makeKeys());
      home.write(".aws/credentials", profile(keys));
      await provider.invalidate("unauthorized", rejected);
      assert.is(await headers(), "Authorization: Bearer t");
      Object.assign(keys, makeKeys());
      await provider.invalidate("unauthorized", rejected);
      assert.is((await fault()).code, "LOGIN_FAILED");
      home.write(".aws/credentials", profile(keys));
      await context.clock.advance(60_000);
      assert.is(await headers(), "Authorization: Bearer t");
    });
  } finally {
    Object.assign(keys, old);
  }
});

test.run();
