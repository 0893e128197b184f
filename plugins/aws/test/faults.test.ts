/** What AWS's refusals are told as: the documented names, over the wire, through the real SDK. */
import { canary, revealedBy } from "@mlflow-auth/core/testing";
import { withVariables } from "@mlflow-auth/test/process-variables";
import { environmentOf, makeKeys, startFakeSecretsManager } from "@mlflow-auth/test/servers/secrets-manager-fake";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type GivenOptions, startProvider } from "./start-provider.ts";

const test = suite("what AWS's refusals are told as", { timeout: 60 });
const quoted = canary();

const table: [status: number, type: string, code: string, said: RegExp, transient?: boolean, message?: string][] = [
  [400, "AccessDeniedException", "SECRET_DENIED", /denied reading the secret mlflow\/auth/],
  [400, "AccessDeniedException", "SECRET_DENIED", /denied decrypting/, false, "Access to KMS is not allowed"],
  [400, "DecryptionFailure", "SECRET_DENIED", /can't decrypt/],
  [400, "ResourceNotFoundException", "SECRET_NOT_FOUND", /AWS has no secret mlflow\/auth/],
  [400, "InvalidRequestException", "SECRET_NOT_FOUND", /scheduled for deletion/],
  [400, "InvalidParameterException", "SECRET_NOT_FOUND", /name or the version/],
  [400, "ThrottlingException", "SECRET_UNREACHABLE", /throttled/, true],
  [500, "InternalServiceError", "SECRET_UNREACHABLE", /AWS fails/, true],
  [503, "ServiceUnavailable", "SECRET_UNREACHABLE", /AWS fails/, true],
  [400, "ExpiredTokenException", "LOGIN_FAILED", /AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY expired/],
  [400, "UnrecognizedClientException", "LOGIN_FAILED", /does not accept the keys in AWS_ACCESS_KEY_ID/],
  [403, "InvalidSignatureException", "LOGIN_FAILED", /does not accept/],
  [403, "RequestTimeTooSkewed", "LOGIN_FAILED", /the clock of this machine is off/],
  [400, `Odd(${quoted})`, "SECRET_UNREACHABLE", /: an unknown exception$/],
  [400, "SomethingNewException", "SECRET_UNREACHABLE", /SomethingNewException/],
];

async function withAws(
  act: (aws: Awaited<ReturnType<typeof startFakeSecretsManager>>, keys: ReturnType<typeof makeKeys>) => Promise<void>,
) {
  const keys = makeKeys();
  const aws = await startFakeSecretsManager(keys);
  try {
    await act(aws, keys);
  } finally {
    await aws.stop();
  }
}

for (const [status, type, code, said, transient = false, message = ""] of table) {
  test(`${type}${message && ` (${message})`} is ${code}`, () =>
    withAws(async (aws, keys) => {
      for (let i = 0; i < 3; i++) aws.faults.push({ status, type, message: `${message} ${quoted}` });
      const started = await startProvider(aws.endpoint, {}, { env: environmentOf(keys) });
      const fault = await started.fault();
      await started.close();
      assert.equal([fault.code, fault.transient, fault.plugin], [code, transient, "aws"]);
      assert.match(fault.message, said);
      assert.ok(fault.remedy, "it says what to do");
      assert.is(
        revealedBy(`${fault.message} ${fault.remedy} ${JSON.stringify(started.context.logs)}`, quoted),
        undefined,
      );
    }));
}

test("what may pass by itself is tried three times, and is not noticed where it passes", () =>
  withAws(async (aws, keys) => {
    aws.secret = "t";
    for (const fault of [
      { status: 400, type: "ThrottlingException" },
      { status: 500, type: "InternalServiceError" },
      "reset",
    ] as const) {
      aws.faults.push(fault, fault);
      const started = await startProvider(aws.endpoint, {}, { env: environmentOf(keys) });
      assert.is(await started.headers(), "Authorization: Bearer t");
      assert.is(aws.faults.length, 0);
      await started.close();
    }
    aws.faults.push(...Array(5).fill({ status: 503, type: "ServiceUnavailable" }));
    const started = await startProvider(aws.endpoint, {}, { env: environmentOf(keys) });
    await started.fault();
    assert.is(aws.faults.length, 2, "and no more than three times");
    await started.close();
  }));

const odd: [what: string, raw: string, status: number, code: string][] = [
  ["a page of HTML", "<html><body>hello</body></html>", 200, "SECRET_UNREACHABLE"],
  ["an empty answer", "", 200, "SECRET_FORMAT"],
  ["a login page of a proxy", "<html>sign in</html>", 302, "SECRET_UNREACHABLE"],
  ["an answer of another kind", "[]", 200, "SECRET_FORMAT"],
  ["more than 1 MiB", JSON.stringify({ SecretString: "x".repeat(1024 * 1024) }), 200, "SECRET_UNREACHABLE"],
];
for (const [what, raw, status, code] of odd) {
  test(`${what} is ${code}, and no credential`, () =>
    withAws(async (aws, keys) => {
      aws.faults.push(...Array(3).fill({ raw, status }));
      const started = await startProvider(aws.endpoint, {}, { env: environmentOf(keys) });
      assert.is((await started.fault()).code, code);
      await started.close();
    }));
}

test("nothing to log in with, a profile that is not there, and no region each say so", async () => {
  const nowhere = "/nowhere/config";
  const files = { AWS_CONFIG_FILE: nowhere, AWS_SHARED_CREDENTIALS_FILE: nowhere };
  const cases: [GivenOptions, Record<string, string>, string, RegExp][] = [
    [{}, {}, "SECRET_SOURCE", /found nothing to log in with/],
    [{ profile: "team" }, {}, "SECRET_SOURCE", /can't log in with the profile team/],
    [{ region: undefined as never }, environmentOf(makeKeys()), "SECRET_SOURCE", /in which region/],
  ];
  await withVariables({ AWS_EC2_METADATA_DISABLED: "true", ...files }, async () => {
    for (const [options, env, code, said] of cases) {
      const started = await startProvider("http://127.0.0.1:9", options, { env });
      const fault = await started.fault();
      assert.is(fault.code, code);
      assert.match(fault.message, said);
      await started.close();
    }
  });
});

test("no secret goes over plain http beyond loopback", async () => {
  const started = await startProvider("http://secrets.example.com", {}, { env: environmentOf(makeKeys()) });
  assert.is((await started.fault()).code, "SERVER_CLEARTEXT");
  await started.close();
});

test.run();
