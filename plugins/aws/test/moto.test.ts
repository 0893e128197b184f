/** Against moto, which keeps secrets and roles as AWS does. */
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { setVariables } from "@mlflow-auth/test/process-variables";
import { startMoto } from "@mlflow-auth/test/servers/moto";
import { environmentOf, makeKeys } from "@mlflow-auth/test/servers/secrets-manager-fake";
import { missing } from "@mlflow-auth/test/servers/tools";
import { rejected } from "@mlflow-auth/test/start-provider";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type GivenOptions, startProvider } from "./start-provider.ts";

const test = suite("secrets in an AWS that is not ours", { missing: await missing("moto"), timeout: 60 });

const keys = makeKeys();
const env = environmentOf(keys);
let moto: Awaited<ReturnType<typeof startMoto>>;
let client: SecretsManagerClient;
let restore: () => void;

test.before(async () => {
  moto = await startMoto();
  client = new SecretsManagerClient({ endpoint: moto.endpoint, region: "eu-central-1", credentials: keys });
  restore = setVariables({ AWS_ENDPOINT_URL_STS: moto.endpoint, AWS_EC2_METADATA_DISABLED: "true" });
});

test.after(async () => {
  restore();
  client.destroy();
  await moto.stop();
});

let count = 0;
async function store(secret: string | Uint8Array): Promise<{ id: string; arn: string; version: string }> {
  const id = `team/secret-${++count}`;
  const held = typeof secret === "string" ? { SecretString: secret } : { SecretBinary: secret };
  const made = await client.send(new CreateSecretCommand({ Name: id, ...held }));
  return { id, arn: made.ARN as string, version: made.VersionId as string };
}

async function headersOf(id: string, given: GivenOptions = {}, more: Record<string, string> = {}): Promise<string> {
  const options = { ...given, secret: { ...given.secret, id } };
  const started = await startProvider(moto.endpoint, options, { env: { ...env, ...more } });
  try {
    return await started.headers();
  } finally {
    await started.close();
  }
}

const basic = (text: string) => `Authorization: Basic ${Buffer.from(text).toString("base64")}`;
const formats: [what: string, held: string | Uint8Array, given: GivenOptions, sent: string][] = [
  ["a token", " t \n", {}, "Authorization: Bearer t"],
  ["a token in JSON", '{"token":"t:u"}', {}, "Authorization: Bearer t:u"],
  ["a token in a header of its own", "t", { credential: { header: "X-Api-Key" } }, "X-Api-Key: t"],
  ["a user", "u:p", { credential: { mode: "basic" } }, basic("u:p")],
  [
    "a user in JSON, with other fields",
    '{"username":"u","password":"p","engine":"x"}',
    { credential: { mode: "basic" } },
    basic("u:p"),
  ],
  ["the only field", '{"mlflow":"t"}', {}, "Authorization: Bearer t"],
  ["a field that is named", '{"a":"1","b":"2"}', { secret: { field: "b" } }, "Authorization: Bearer 2"],
  ["both, as a token", '{"token":"t","username":"u","password":"p"}', {}, "Authorization: Bearer t"],
  ["both, as a user", '{"token":"t","username":"u","password":"p"}', { credential: { mode: "basic" } }, basic("u:p")],
  ["bytes", Buffer.from("t"), {}, "Authorization: Bearer t"],
  [
    "bytes that look like base64, which are not decoded a second time",
    Buffer.from("dG9rZW4="),
    {},
    "Authorization: Bearer dG9rZW4=",
  ],
];
for (const [what, held, given, sent] of formats) {
  test(`${what} is sent in its form`, async () => {
    const { id } = await store(held);
    assert.is(await headersOf(id, given), sent);
  });
}

test("the region comes from the ARN", async () => {
  const { arn } = await store("t");
  assert.match(arn, /:eu-central-1:/);
  const started = await startProvider(moto.endpoint, { secret: { id: arn }, region: undefined as never }, { env });
  assert.is(await started.headers(), "Authorization: Bearer t");
  await started.close();
});

test("a version is named by its label or by its id", async () => {
  const { id, version } = await store("old");
  await client.send(new PutSecretValueCommand({ SecretId: id, SecretString: "new" }));
  assert.is(await headersOf(id), "Authorization: Bearer new");
  assert.is(await headersOf(id, { secret: { version: "AWSPREVIOUS" } }), "Authorization: Bearer old");
  assert.is(await headersOf(id, { secret: { version } }), "Authorization: Bearer old");
});

test("a secret that was rotated is there after a rejection", async () => {
  const { id } = await store("old");
  const started = await startProvider(moto.endpoint, { secret: { id } }, { env });
  await started.headers();
  await client.send(new PutSecretValueCommand({ SecretId: id, SecretString: "new" }));
  assert.is(await started.headers(), "Authorization: Bearer old");
  await started.provider.invalidate("unauthorized", rejected);
  assert.is(await started.headers(), "Authorization: Bearer new");
  await started.close();
});

test("a role is assumed, by the file or by the environment of the AWS SDKs", async () => {
  const { id } = await store("t");
  // Of the account that moto takes every key for.
  const arn = "arn:aws:iam::123456789012:role/reader";
  const role = { arn, externalId: "team-1", sessionName: "mlflow-auth" };
  assert.is(await headersOf(id, { role }), "Authorization: Bearer t");
  assert.is(await headersOf(id, {}, { AWS_ROLE_ARN: arn, AWS_ROLE_SESSION_NAME: "run" }), "Authorization: Bearer t");
});

test("a secret that is not there is named, with the command that looks for it", async () => {
  const started = await startProvider(moto.endpoint, { secret: { id: "team/none" } }, { env });
  const { code, message, remedy } = await started.fault();
  await started.close();
  assert.is(code, "SECRET_NOT_FOUND");
  assert.match(message, "AWS has no secret team/none");
  assert.match(remedy ?? "", "--secret-id team/none");
});

test.run();
