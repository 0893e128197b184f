import { suite } from "@mlflow-auth/test/suite";
import fc from "fast-check";
import * as assert from "uvu/assert";
import { formatError, isMlflowAuthError, type MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import {
  type CredentialOptions,
  credentialHeaders,
  headerValue,
  parseSecret,
  parseSecretFields,
} from "../../src/secret/credential.js";
import { Secret } from "../../src/secret/secret.js";
import { canary, revealedBy } from "../../src/testing/canary.js";

const test = suite("secret formats");
const place = { name: "the secret x/y" };
const bearer: CredentialOptions = { mode: "bearer", header: "Authorization" };
const basic: CredentialOptions = { mode: "basic", header: "Authorization" };

/** `token abc`, or `user a / b`. */
function read(text: string): string {
  const credential = parseSecret(text, place);
  const { username, password } = credential;
  const user = username && password ? `user ${username.reveal()} / ${password.reveal()}` : "";
  const token = credential.kind === "token" ? `token ${credential.token.reveal()}` : "";
  return [token, user].filter((text) => text !== "").join(", ");
}

function sent(text: string, options: CredentialOptions): Record<string, string> {
  const headers = credentialHeaders(parseSecret(text, place), options, place);
  assert.ok(Object.isFrozen(headers));
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()]));
}

function refusal(act: () => unknown): MlflowAuthError {
  try {
    act();
  } catch (error) {
    assert.ok(isMlflowAuthError(error), `threw ${error}`);
    assert.is(error.code, "SECRET_FORMAT");
    assert.ok(error.remedy);
    return error;
  }
  throw new Error("it was accepted");
}

for (const [text, wanted] of [
  ["abc", "token abc"],
  ["  abc\n", "token abc"],
  ["\uFEFFabc\r\n", "token abc"],
  ["12345", "token 12345"],
  ["admin:pa:ss", "user admin / pa:ss"],
  [" admin : pass \n", "user admin / pass"],
  ['{"token":"abc"}', "token abc"],
  ['\n{ "token": " abc " }\n', "token abc"],
  ['{"token":"user:password"}', "token user:password"],
  ['{"username":"admin","password":"p:w"}', "user admin / p:w"],
  ['{"username":"Jürgen","password":"пароль"}', "user Jürgen / пароль"],
  ['{"token":"abc","expires":17,"note":["x"]}', "token abc"],
  ['{"token":"abc","username":"svc"}', "token abc"],
  ['{"username":"a","password":"b","host":"db","port":5432}', "user a / b"],
  ['{"token":"abc","username":"a","password":"b"}', "token abc, user a / b"],
] as const) {
  test(`reads ${JSON.stringify(text)}`, () => assert.is(read(text), wanted));
}

for (const [text, message] of [
  ["", /is empty/],
  [" \n\t ", /is empty/],
  [":password", /empty username/],
  ["user:", /empty password/],
  ["user:  ", /empty password/],
  ["abc\ndef", /control characters/],
  ["abc\u0000def", /control characters/],
  ["abc\tdef", /control characters/],
  ["user:a\r\nX-Evil: 1", /control characters/],
  ["user:a\u0085b", /control characters/],
  ['{"token":"a\\nb"}', /token with control characters/],
  ['{"token":"a\\ud800"}', /control characters/],
  ['{"token":""}', /empty token/],
  ['{"token":"  "}', /empty token/],
  ['{"token":null}', /token that is not text/],
  ['{"token":123}', /token that is not text/],
  ['{"token":{"a":1}}', /token that is not text/],
  ['{"username":"a"}', /no field password/],
  ['{"password":"a"}', /no field username/],
  ['{"username":"","password":"b"}', /empty username/],
  ['{"username":"a","password":""}', /empty password/],
  ['{"username":"a:b","password":"c"}', /colon in its username/],
  ["{}", /neither a token nor/],
  ['{"Token":"abc"}', /neither a token nor/],
  ['{"__proto__":{"token":"abc"}}', /neither a token nor/],
  ['{"token":"abc"', /begins like JSON/],
  ["{token: abc}", /begins like JSON/],
  ["[broken", /begins like JSON/],
  ["[]", /JSON array/],
  ['["token"]', /JSON array/],
  ['"abc"', /JSON string/],
  ["x".repeat(64 * 1024 + 1), /larger than 64 KiB/],
  ["ü".repeat(32 * 1024 + 1), /larger than 64 KiB/],
] as const) {
  test(`refuses ${JSON.stringify(text.slice(0, 50))}`, () => {
    assert.match(refusal(() => parseSecret(text, place)).message, message);
  });
}

test("an inherited field is no field", () => {
  refusal(() => parseSecretFields(Object.create({ token: "abc" }), place));
});

for (const [text, options, header, value] of [
  ["abc", bearer, "Authorization", "Bearer abc"],
  ["abc", { mode: "bearer", header: "authorization" }, "authorization", "Bearer abc"],
  ["abc", { mode: "bearer", header: "Proxy-Authorization" }, "Proxy-Authorization", "Bearer abc"],
  ["abc", { mode: "bearer", header: "X-Api-Key" }, "X-Api-Key", "abc"],
  ["ApiKey abc", { mode: "bearer", header: "X-Auth" }, "X-Auth", "ApiKey abc"],
  ['{"token":"a:b"}', bearer, "Authorization", "Bearer a:b"],
  ['{"token":"user:pass"}', basic, "Authorization", "Basic dXNlcjpwYXNz"],
  ["user:pass", basic, "Authorization", "Basic dXNlcjpwYXNz"],
  ['{"username":"user","password":"pass"}', { mode: "basic", header: "X-Auth" }, "X-Auth", "Basic dXNlcjpwYXNz"],
  // The example of RFC 7617, 2.1.
  ["test:123\u00a3", basic, "Authorization", "Basic dGVzdDoxMjPCow=="],
] as const) {
  test(`${options.mode} in ${options.header} of ${text}`, () => assert.equal(sent(text, options), { [header]: value }));
}

for (const [text, options, message] of [
  ["user:pass", bearer, /mode bearer can't send/],
  ['{"username":"a","password":"b"}', { mode: "bearer", header: "X-Api-Key" }, /mode bearer can't send/],
  ["abc", basic, /mode basic needs a user and a password/],
  ['{"token":"user:"}', basic, /mode basic needs/],
  ['{"token":":pass"}', basic, /mode basic needs/],
  ["Bearer abc", bearer, /space in it/],
  ["tökén", bearer, /can't carry/],
  ["a\u2028b", { mode: "bearer", header: "X" }, /can't carry/],
  ["x".repeat(8 * 1024), bearer, /more than 8 KiB/],
  [`u:${"x".repeat(6 * 1024)}`, basic, /more than 8 KiB/],
] as const) {
  test(`no header from ${text.slice(0, 40)} in mode ${options.mode}`, () => {
    assert.match(refusal(() => sent(text, options)).message, message);
  });
}

test("the longest header still passes", () => {
  const token = "x".repeat(8 * 1024 - "Bearer ".length);
  assert.is(sent(token, bearer)["Authorization"]?.length, 8 * 1024);
});

test("a header's whole value loses the white space around it and keeps its identity otherwise", () => {
  const secret = new Secret("key");
  assert.is(headerValue(secret, place), secret);
  assert.is(headerValue(new Secret(" key\n"), place).reveal(), "key");
  for (const text of ["", "  ", "a\nb", "a\u0000", "schlüssel"]) refusal(() => headerValue(new Secret(text), place));
});

test("a plugin's own error maker is used", () => {
  const error = new Error("made by the plugin");
  let thrown: unknown;
  try {
    parseSecret("", { name: "it", error: () => error });
  } catch (caught) {
    thrown = caught;
  }
  assert.is(thrown, error);
});

test("no refusal quotes the secret, wherever it stands", () => {
  const secret = canary();
  const shapes = [
    `{"token":"${secret}\\n${secret}"}`,
    `{"token":"${secret}"`,
    `{"${secret}":1}`,
    `["${secret}"]`,
    `"${secret}"`,
    `${secret}\u0000`,
    `${secret}:`,
    `:${secret}`,
    `{"username":"${secret}:x","password":"p"}`,
    `${secret}:${secret}`,
    `${secret} ${secret}`,
    `{"token":["${secret}"]}`,
    `ü${secret}`,
    secret.repeat(400),
  ];
  for (const shape of shapes) {
    const error = refusal(() => {
      const credential = parseSecret(shape, place);
      credentialHeaders(credential, bearer, place);
    });
    const text = `${formatError(error)}\n${error.stack}\n${JSON.stringify(error)}\n${error.cause}`;
    assert.is(revealedBy(text, secret), undefined, shape);
  }
});

test("any text either makes a header that HTTP takes or is refused in so many words", () => {
  const options = fc.record({
    mode: fc.constantFrom("bearer", "basic"),
    header: fc.constantFrom("Authorization", "X-Key"),
  });
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json(),
    fc.string().map((token) => JSON.stringify({ token })),
  );
  fc.assert(
    fc.property(text, options as fc.Arbitrary<CredentialOptions>, (text, options) => {
      try {
        const value = sent(text, options)[options.header] as string;
        assert.match(value, /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/);
      } catch (error) {
        if (!isMlflowAuthError(error)) throw error;
        assert.is(error.code, "SECRET_FORMAT");
      }
    }),
    { numRuns: 2_000 },
  );
});

test("of more than 64 KiB nothing is read, though the credential in it is short", () => {
  assert.match(
    refusal(() => parseSecret(JSON.stringify({ token: "t", note: "x".repeat(64 * 1024) }), place)).message,
    "larger than 64 KiB",
  );
});

test.run();
