import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { readJwt } from "../../src/secret/jwt.js";

const test = suite("what a JSON Web Token says of itself");
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const jwtOf = (claims: unknown, header: unknown = { alg: "none" }) => `${encoded(header)}.${encoded(claims)}.c2ln`;

test("its claims, with times in milliseconds", () => {
  const claims = readJwt(` ${jwtOf({ iss: "i", sub: "s", aud: ["a", "b"], exp: 3, nbf: 1.5, iat: 1, email: "x" })}\n`);
  assert.equal(
    { ...claims },
    { issuer: "i", subject: "s", audience: ["a", "b"], expiresAt: 3000, notBefore: 1500, issuedAt: 1000 },
  );
});

test("one audience is a list of one, and what is not of its type is not there", () => {
  assert.equal(readJwt(jwtOf({ aud: "a" }))?.audience, ["a"]);
  assert.equal(
    { ...readJwt(jwtOf({ iss: 1, sub: null, aud: [1, "b", {}], exp: "3", nbf: {}, iat: true })) },
    { audience: ["b"] },
  );
});

test("names that every object has are no claims", () => {
  assert.equal(
    {
      ...readJwt(
        `${encoded({ alg: "none" })}.${Buffer.from('{"__proto__":{"iss":"i","exp":1}}').toString("base64url")}.`,
      ),
    },
    { audience: [] },
  );
});

for (const [what, text] of [
  ["an empty text", ""],
  ["an opaque token", "dapi0123"],
  ["two parts", `${encoded({ alg: "none" })}.${encoded({})}`],
  ["the five parts of an encrypted one", `${jwtOf({})}.a.b`],
  ["dots without JSON", "aa.bb.cc"],
  ["a header without an algorithm", jwtOf({ iss: "i" }, { typ: "JWT" })],
  ["a payload that is a list", jwtOf(["iss"])],
  ["a payload that is a text", jwtOf("iss")],
  ["characters beyond base64url", `${jwtOf({ iss: "i" })}!`],
] as const) {
  test(`${what}: none`, () => assert.is(readJwt(text), undefined));
}

test.run();
