import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { canary, revealedBy } from "../../src/testing.js";

const test = suite("canary");
const secret = canary();

for (const [spelling, text] of [
  ["raw", `a${secret}b`],
  ["raw", secret.toUpperCase()],
  ["hex", Buffer.from(`x${secret}`).toString("hex")],
  ["reversed", [...secret].reverse().join("")],
  ["base64 at offset 0", Buffer.from(secret).toString("base64")],
  ["base64 at offset 0", Buffer.from(`abc${secret}:password`).toString("base64")],
  ["base64 at offset 1", Buffer.from(`a${secret}`).toString("base64url")],
  ["base64 at offset 2", Buffer.from(`user:${secret}`).toString("base64")],
] as const) {
  test(`is found ${spelling} in ${text.slice(0, 12)}…`, () => assert.is(revealedBy(text, secret), spelling));
}

test("is found where URL or JSON escape it", () => {
  const odd = `a/"b ${secret}`;
  assert.ok(revealedBy(`https://x/?q=${encodeURIComponent(odd)}`, odd));
  assert.ok(revealedBy(JSON.stringify({ odd }), odd));
});

test("is not found where it isn't", () => {
  assert.is(revealedBy(`canary ${canary()} ${Buffer.from(canary()).toString("base64")}`, secret), undefined);
});

test.run();
