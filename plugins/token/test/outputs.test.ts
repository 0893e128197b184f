/** What the vendors' tools print, as their documentation and their own clients have it, and what becomes of each. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type GivenOptions, jwtOf, startProvider, testFolder } from "./start-provider.ts";

const test = suite("the token in what commands print");
const folder = testFolder();
test.after(() => folder.remove());

/** The beginning of the clock of a test's context. */
const NOW = Date.UTC(2060, 0, 1);
const HOUR = 3_600_000;
const inAnHour = new Date(NOW + HOUR);
const SECONDS = inAnHour.getTime() / 1000;
const jwt = jwtOf({ iss: "https://issuer.example.com", aud: "mlflow", exp: SECONDS });

/** As `az` before 2.54 writes it: by the machine's clock, with microseconds and without a zone. */
function localTime(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}.000000`;
}

let files = 0;
/** A provider whose command prints this text, byte for byte. */
function printing(text: string, given: GivenOptions = {}) {
  const file = folder.write(`output-${++files}`, text);
  return startProvider({ command: ["cat", file], ...given });
}

const iso = inAnHour.toISOString();
const az = { accessToken: "opaque-az", subscription: "0b1f", tenant: "8f3c", tokenType: "Bearer" };
const exec = { kind: "ExecCredential", apiVersion: "client.authentication.k8s.io/v1", spec: {} };

const endless: readonly [what: string, text: string, token: string][] = [
  ["a token alone", "opaque-token\n", "opaque-token"],
  ["a token without a line break, as cloudflared prints it", "opaque-token", "opaque-token"],
  ["a text of JSON, as `az … --query accessToken` prints it", '"opaque-token"\n', "opaque-token"],
  ["the token of `wrangler auth token --json`", JSON.stringify({ type: "oauth", token: "opaque-w" }), "opaque-w"],
  ["an ExecCredential without an end", JSON.stringify({ ...exec, status: { token: "opaque-k" } }), "opaque-k"],
  ["an id token in the spelling of JavaScript", JSON.stringify({ idToken: "opaque-i" }), "opaque-i"],
  ["an access token before the id token beside it", JSON.stringify({ id_token: "i", access_token: "a" }), "a"],
];

for (const [what, text, token] of endless) {
  test(`${what}, which is used for as long as ttl says`, async () => {
    const started = await printing(text, { ttl: 60_000 });
    assert.is(await started.headers(), `Authorization: Bearer ${token}`);
    assert.is((await started.auth()).expiresAt, undefined);
    await started.context.clock.advance(59_000);
    const before = await started.auth();
    await started.context.clock.advance(2_000);
    assert.is.not(await started.auth(), before);
    await started.close();
  });
}

const ending: readonly [what: string, text: string, token: string, given?: GivenOptions][] = [
  ["`gcloud auth print-identity-token`", `${jwt}\n`, jwt],
  ["`cloudflared access token`", jwt, jwt],
  [
    "`az account get-access-token`",
    JSON.stringify({ ...az, expires_on: SECONDS, expiresOn: "2031-01-01" }),
    "opaque-az",
  ],
  ["the same before version 2.54", JSON.stringify({ ...az, expiresOn: localTime(inAnHour) }), "opaque-az"],
  [
    "the same with a JSON Web Token, whose own end counts",
    JSON.stringify({ ...az, accessToken: jwt, expiresOn: localTime(new Date(NOW - HOUR)) }),
    jwt,
  ],
  [
    "a managed identity's answer, with seconds as text",
    JSON.stringify({ access_token: "m", expires_on: String(SECONDS) }),
    "m",
  ],
  [
    "an ExecCredential of kubectl",
    JSON.stringify({ ...exec, status: { token: "k8s", expirationTimestamp: iso } }),
    "k8s",
  ],
  ["an OAuth token response", JSON.stringify({ access_token: "oa", token_type: "Bearer", expires_in: 3600 }), "oa"],
  ["a credential_process of one's own", JSON.stringify({ Version: 1, Token: "cp", Expiration: iso }), "cp"],
  ["milliseconds since 1970", JSON.stringify({ token: "ms", expiresAt: inAnHour.getTime() }), "ms"],
  ["a date with another zone", JSON.stringify({ token: "z", expires_at: "2060-01-01T03:00:00+02:00" }), "z"],
  [
    "`gcloud config config-helper --format json` with field",
    JSON.stringify({ credential: { access_token: "other", id_token: jwt, token_expiry: iso } }),
    jwt,
    { field: "credential.id_token" },
  ],
  [
    "a field that nobody else has",
    JSON.stringify({ session: { bearer: "s", expiry: iso } }),
    "s",
    { field: "session.bearer" },
  ],
];

for (const [what, text, token, given] of ending) {
  test(`${what}, which ends when it says`, async () => {
    const started = await printing(text, given);
    assert.is(await started.headers(), `Authorization: Bearer ${token}`);
    assert.is((await started.auth()).expiresAt, inAnHour.getTime());
    await started.close();
  });
}

test("in a header of another name the token goes as it is, and a pair goes as Basic", async () => {
  const assertion = await printing(jwt, { credential: { header: "X-Goog-IAP-JWT-Assertion" } });
  assert.is(await assertion.headers(), `X-Goog-IAP-JWT-Assertion: ${jwt}`);
  const proxy = await printing(jwt, { credential: { header: "Proxy-Authorization" } });
  assert.is(await proxy.headers(), `Proxy-Authorization: Bearer ${jwt}`);
  const pair = await printing("ann:pass-word", { credential: { mode: "basic" } });
  assert.is(await pair.headers(), `Authorization: Basic ${Buffer.from("ann:pass-word").toString("base64")}`);
});

const keys = { Version: 1, AccessKeyId: "made-up", SecretAccessKey: "secret-made-up", SessionToken: "session-made-up" };
const refused: readonly [what: string, text: string, message: RegExp, remedy: RegExp, given?: GivenOptions][] = [
  ["AWS keys", JSON.stringify(keys), /is a pair of AWS keys, which sign requests/, /plugin sigv4/],
  [
    "a client certificate",
    JSON.stringify({ ...exec, status: { clientCertificateData: "made-up-c", clientKeyData: "made-up-k" } }),
    /is a client certificate/,
    /tls\.cert/,
  ],
  ["several lines", "Your token is ready:\nmade-up-token\n", /has several lines/, /on one line, or JSON/],
  ["JSON without a token", JSON.stringify({ error: "made-up-token" }), /is JSON without a token/, /`field`/],
  ["a list", JSON.stringify(["made-up-token"]), /not an object/, /`field`/],
  ["broken JSON", '{"token": "made-up-token"', /begins like JSON and is not JSON/, /`field`/],
  ["a token that is no text", JSON.stringify({ token: 12345678 }), /is not a text/, /`field`/],
  [
    "an end that is no date",
    JSON.stringify({ token: "made-up-token", expires_at: "soon" }),
    /end in expires_at that is no date/,
    /2030-01-31/,
  ],
  [
    "a field that is not there",
    JSON.stringify({ token: "made-up-token" }),
    /has no field a\.b/,
    /correct field/,
    { field: "a.b" },
  ],
  [
    "text where a field is named",
    "made-up-token",
    /is not JSON, and field names one/,
    /leave field out/,
    { field: "a" },
  ],
  ["a word before the token", "Bearer made-up-token", /is a token with a space in it/, /without a word such as Bearer/],
];

for (const [what, text, message, remedy, given] of refused) {
  test(`${what}: refused, without a word of it`, async () => {
    const started = await printing(text, given);
    const fault = await started.fault();
    assert.is(fault.code, "SECRET_FORMAT");
    assert.match(fault.message, /^the token of the command cat /);
    assert.match(fault.message, message);
    assert.match(fault.remedy ?? "", remedy);
    assert.not.match(`${fault.message} ${fault.remedy}`, /made-up/);
  });
}

test("a token that is over when it is printed is an error that says since when, and who has to renew it", async () => {
  const started = await printing(jwtOf({ exp: NOW / 1000 - 180 }));
  const fault = await started.fault();
  assert.is(fault.code, "SECRET_EXPIRED");
  assert.is(fault.message, "the token of the command cat expired 3 min ago, at 2059-12-31T23:57:00Z");
  assert.match(fault.remedy ?? "", /have the command cat print a new one.*compare this machine's clock/);
});

test("a token whose end is no date of any calendar is over, or is not: never an error of ours", async () => {
  const fault = await (await printing(jwtOf({ exp: -1e300 }))).fault();
  assert.equal([fault.code, fault.plugin], ["SECRET_EXPIRED", "token"]);
  assert.match(fault.message, /^the token of the command cat expired \S+ \S+ ago, at 1970-01-01T00:00:00Z$/);
  const later = jwtOf({ exp: 1e300 });
  assert.is(await (await printing(later)).headers(), `Authorization: Bearer ${later}`);
});

test.run();
