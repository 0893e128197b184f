import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { Auth, RequestAuthProvider } from "../../src/plugin.js";
import { Secret } from "../../src/plugin.js";
import { broken, type Change, findsInProviders, setup } from "./contract-fixture.js";

const test = suite("the provider contract: what is given");

test("a sound provider passes", async () => {
  assert.equal(await broken(() => setup()), []);
});

findsInProviders(test, [
  ["no cache", (_, backend) => ({ getAuth: async () => (await backend.fetch()).value }), /thousand callers/],
  ["always a promise", (sound) => ({ getAuth: async (asked) => await sound.getAuth(asked) }), /answers at once/],
  ["a new object each time", (sound) => ({ getAuth: (asked) => spread(sound.getAuth(asked)) }), /same object/],
  ["invalidate without effect", () => ({ invalidate: () => undefined }), /after invalidate/],
  [
    "a credential as plain text",
    (_, backend) => ({ getAuth: () => ({ headers: { Authorization: `Bearer ${backend.secret}` } }) }),
    /is a Secret/,
  ],
  ["a header name with a blank", () => ({ getAuth: () => ({ headers: { "X Y": new Secret("x") } }) }), /gives headers/],
  ["no header at all", () => ({ getAuth: () => ({ headers: {} }) }), /with no header/],
  ["a header of the transport", headers({ Host: new Secret("elsewhere") }), /which belongs to the transport/],
  ["a value that is too long", headers({ A: new Secret("a".repeat(9_000)) }), /longer than 8 KiB/],
  [
    "a description that is no text",
    () => ({ describe: () => 7 as never }),
    /describe\(\) gave something else than text/,
  ],
  [
    "a description with a secret of the store",
    (_, backend) => ({ describe: () => `log in with ${backend.secret}` }),
    /^what it says about the credential .*: words prints a credential/,
  ],
  [
    "a description with a credential that was made of a secret",
    () => ({
      getAuth: () => ({ headers: { A: new Secret("Bearer made-of-it") } }),
      describe: () => "it is made-of-it",
    }),
    /describe\(\) gave the credential away/,
  ],
]);

test("it finds a factory that fetches", async () => {
  const [first] = await broken(() => setup(undefined, true));
  assert.match(first ?? "", /^making the provider asks nobody for anything/);
});

function headers(given: Auth["headers"]): Change {
  return () => ({ getAuth: () => ({ headers: given }) });
}

function spread(auth: ReturnType<RequestAuthProvider["getAuth"]>): ReturnType<RequestAuthProvider["getAuth"]> {
  return auth instanceof Promise || typeof auth !== "object" ? auth : { ...auth };
}

test.run();
