/** Which tokens are sent: none but those of a session of the project, signed as Descope signs, and good now. */
import { isMlflowAuthError } from "@mlflow-auth/core/plugin";
import { canary, revealedBy, secretSource } from "@mlflow-auth/core/testing";
import { createSigningKey, type FakeDescope, signed, startFakeDescope } from "@mlflow-auth/test/servers/descope-fake";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { accessKey, type GivenOptions, startProviders } from "./start-provider.ts";

const test = suite("tokens of Descope's sessions", { timeout: 60 });
const quoted = canary();
let descope: FakeDescope;
test.before(async () => {
  descope = await startFakeDescope();
});
test.after(() => descope.stop());

/** What comes of a session's token: `sent`, or the error. */
async function outcome(make: () => string, given: GivenOptions = {}) {
  const started = await startProviders(descope, { sessionToken: secretSource(make, "the file session"), ...given });
  try {
    const token = make();
    return { said: (await started.headers()) === `Authorization: Bearer ${token}` ? "sent" : "another", remedy: "" };
  } catch (thrown) {
    if (!isMlflowAuthError(thrown)) throw thrown;
    const { code, message, remedy = "", plugin, transient } = thrown;
    assert.is(plugin, "descope");
    assert.ok(remedy !== "");
    assert.is(revealedBy(`${message} ${remedy} ${JSON.stringify(started.context.logs)}`, quoted), undefined);
    return { said: `${code}: ${message}`, remedy, transient };
  } finally {
    await started.close();
  }
}

const now = () => Math.floor(descope.now() / 1000);
const once = (make: () => string) => {
  let token: string | undefined;
  return () => (token ??= make());
};
const project = () => descope.projectId;

const taken: [what: string, claims: () => Record<string, unknown>, given?: GivenOptions][] = [
  ["one as it comes", () => ({})],
  ["one whose issuer is an address", () => ({ iss: `https://api.descope.com/${project()}` })],
  ["one of an MCP server", () => ({ iss: `https://api.descope.com/v1/apps/agentic/${project()}/M2` })],
  ["one that begins in 5 s, for clocks are a little apart", () => ({ nbf: now() + 5 })],
  ["one with an audience that nobody asks for", () => ({ aud: "other" })],
  ["one for the audience", () => ({ aud: "mlflow" }), { audience: "mlflow" }],
  ["one for several audiences", () => ({ aud: ["other", "mlflow"] }), { audience: "mlflow" }],
];
for (const [what, claims, given] of taken) {
  test(`sent: ${what}`, async () => {
    assert.is(
      (
        await outcome(
          once(() => descope.session(claims())),
          given,
        )
      ).said,
      "sent",
    );
  });
}

const foreign = createSigningKey();
const refused: [what: string, make: () => string, said: RegExp, given?: GivenOptions][] = [
  ["text", () => quoted, /^SECRET_FORMAT: .* is not a JWT$/],
  ["three parts of nothing", () => "a.b.c", /^SECRET_FORMAT: .* is not a JWT$/],
  ["five parts, as of an encrypted one", () => `${descope.session()}.a.b`, /^SECRET_FORMAT/],
  ["alg none", () => descope.session({}, { alg: "none" }), /is not signed with RS256/],
  ["alg none, and a signature", () => `${descope.session({}, { alg: "none" })}YQ`, /is not signed with RS256/],
  ["HS256 with the public key", () => descope.session({}, { alg: "HS256" }), /is not signed with RS256/],
  ["RS512 with the right key", () => descope.session({}, { alg: "RS512" }), /is not signed with RS256/],
  ["an alg that is no text", () => descope.session({}, { alg: [quoted] }), /is not signed with RS256/],
  ["no kid", () => descope.session({}, { kid: undefined }), /does not say with which key/],
  ["a kid that is no text", () => descope.session({}, { kid: { a: 1 } }), /does not say with which key/],
  ["the kid __proto__", () => descope.session({}, { kid: "__proto__" }), /a key that the project P2\w+ does not have/],
  ["the kid constructor", () => descope.session({}, { kid: "constructor" }), /a key that the project/],
  ["an unknown kid", () => descope.session({}, { kid: quoted }), /a key that the project/],
  ["a critical extension", () => descope.session({}, { crit: ["b64"], b64: false }), /^SECRET_FORMAT/],
  [
    "another's signature under Descope's key id",
    () => signed({ ...foreign, kid: descope.key.kid }, { iss: project(), sub: quoted, exp: now() + 60 }),
    /has a signature that is not Descope's/,
  ],
  [
    "a key that it brings along",
    () => signed(foreign, { iss: project(), exp: now() + 60 }, { jwk: foreign.jwk }),
    /a key that/,
  ],
  ["claims that were changed", () => changed(descope.session()), /has a signature that is not Descope's/],
  ["a signature that was cut off", () => descope.session().replace(/[^.]+$/, ""), /^SECRET_FORMAT/],
  ["a refresh token", () => descope.session({ drn: "DSR" }), /is a refresh token, which nobody but Descope may see/],
  ["another project's", () => descope.session({ iss: "P2other" }), /is not of the project P2/],
  ["an issuer that begins as the project", () => descope.session({ iss: `${project()}x` }), /is not of the project/],
  ["no issuer", () => descope.session({ iss: undefined }), /is not of the project/],
  ["no end", () => descope.session({ exp: undefined }), /lacks a claim that says when it ends/],
  ["an end that is no number", () => descope.session({ exp: "never" }), /^SECRET_FORMAT/],
  ["an end in the past", () => descope.session({ exp: now() - 3_600 }), /^SECRET_EXPIRED: .* ended 60 min ago/],
  ["an end 1 s ago", () => descope.session({ exp: now() - 1 }), /^SECRET_EXPIRED: .* ended 1 s ago/],
  ["an end just now", () => descope.session({ exp: now() }), /^SECRET_EXPIRED: .* ended 0 ms ago/],
  ["a beginning to come", () => descope.session({ nbf: now() + 60 }), /^SECRET_EXPIRED: .* is valid only from 60 s on/],
  [
    "another audience",
    () => descope.session({ aud: "other" }),
    /is not meant for the audience mlflow/,
    { audience: "mlflow" },
  ],
  ["no audience", () => descope.session(), /is not meant for the audience mlflow/, { audience: "mlflow" }],
  ["more than a header takes", () => descope.session({ roles: ["x".repeat(8_192)] }), /more than 8 KiB/],
];
for (const [what, make, said, given] of refused) {
  test(`not sent: ${what}`, async () => {
    const { said: told } = await outcome(make, given);
    assert.match(told, said);
    if (!/a session is signed/.test(told)) assert.match(told, /the session token in the file session/);
  });
}

function changed(token: string): string {
  const [head, claims = "", signature] = token.split(".");
  const read = JSON.parse(Buffer.from(claims, "base64url").toString());
  const written = Buffer.from(JSON.stringify({ ...read, roles: ["admin"] })).toString("base64url");
  return [head, written, signature].join(".");
}

for (const [what, apart] of [
  ["ahead", 3_600_000],
  ["behind", -3_600_000],
] as const) {
  test(`a clock that is an hour ${what} of Descope's is told as such, and may pass`, async () => {
    const started = await startProviders(descope, accessKey(descope));
    descope.now = () => started.context.clock.wallTime() - apart;
    descope.user = { ...descope.user, nbf: now() };
    const { code, transient, message, remedy } = await started.fault();
    assert.equal([code, transient], ["SECRET_EXPIRED", true]);
    assert.match(message, /^the session for the access key /);
    assert.match(remedy ?? "", /clock/);
    descope.user = {};
    await started.close();
  });
}

test.run();
