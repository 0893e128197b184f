import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { selectCredential } from "../../src/secret/select-credential.js";
import { canary, revealedBy } from "../../src/testing.js";

const test = suite("which field of a secret is the credential");
const place = { name: "the secret team/mlflow" };
type Held = string | Record<string, unknown>;

function chosen(held: Held, field?: string, ignored?: string[]): string {
  const { username, password, token } = {
    token: undefined,
    ...selectCredential(held, place, { field, option: "secret.field", ignored }),
  };
  return [token, username, password].map((secret) => secret?.reveal() ?? "").join(":");
}

const table: [what: string, held: Held, sent: string, field?: string | undefined, ignored?: string[]][] = [
  ["a text", " t \n", "t::"],
  ["a text that is a number in JSON", "12", "12::"],
  ["a pair in a text", "u:p", ":u:p"],
  ["a token among other fields", { token: "t", other: "o" }, "t::"],
  ["a token in JSON", '{"token":"t","other":"o"}', "t::"],
  ["a user", { username: "u", password: "p", other: "o" }, ":u:p"],
  ["both", { token: "t", username: "u", password: "p" }, "t:u:p"],
  ["the only field", { mlflow: "u:p" }, ":u:p"],
  ["the only field, which is JSON itself", { mlflow: '{"token":"t"}' }, "t::"],
  ["the only field, which is a mapping itself", { mlflow: { username: "u", password: "p" } }, ":u:p"],
  ["the only field but one of the store's own", { mlflow: "t", ttl: "1h" }, "t::", undefined, ["ttl"]],
  ["a field that is named", { token: "t", other: "o" }, "o::", "other"],
  ["a field that is named, in JSON", '{"a":"1","b":"2"}', "2::", "b"],
];
for (const [what, held, sent, field, ignored] of table) {
  test(`${what} is taken`, () => assert.is(chosen(held, field, ignored), sent));
}

const secret = canary();
const refused: [what: string, held: Held, said: RegExp, field?: string][] = [
  ["several fields without a name that is known", { a: secret, b: secret }, /has the fields a, b, and no token/],
  ["no field at all", {}, /has no fields/],
  ["a field that is not there", { a: secret }, /the field a, and not the one that secret\.field names/, "b"],
  ["a field of something that is no JSON", secret, /is not JSON with fields, and secret\.field names one/, "b"],
  ["a named field that is a list", { a: [secret] }, /is neither a text nor a mapping/, "a"],
  ["the only field, which is empty", { a: " " }, /the only field of the secret team\/mlflow is empty/],
  ["broken JSON", `{"token": "${secret}"`, /begins like JSON and is not JSON/],
  ["a credential in the place of a name", { [`${secret}=`]: "x", b: "y" }, /the fields b, …/],
];
for (const [what, held, said, field] of refused) {
  test(`${what} is refused, and shown nowhere`, () => {
    assert.throws(
      () => chosen(held, field),
      ({ code, message, remedy }: MlflowAuthError) => {
        assert.is(code, "SECRET_FORMAT");
        assert.match(message, said);
        assert.ok(remedy);
        return revealedBy(`${message} ${remedy}`, secret) === undefined;
      },
    );
  });
}

test.run();
