/** How queries go out: in the one form that AWS signs. */
import { suite } from "@mlflow-auth/test/suite";
import fc from "fast-check";
import * as assert from "uvu/assert";
import { canonicalSearch, readQuery } from "../../src/sigv4/canonical-query.js";

const test = suite("queries as AWS writes them down");

const table: Readonly<Record<string, string>> = {
  "": "",
  "?": "?",
  "?a=b+c": "?a=b%20c",
  "?a+b=c": "?a%20b=c",
  "?a=b%2Bc": "?a=b%2Bc",
  "?a=%2f%7E%7e": "?a=%2F~~",
  "?path=a/b:c@d": "?path=a%2Fb%3Ac%40d",
  "?f=(x)'!*": "?f=%28x%29%27%21%2A",
  "?a==b": "?a=%3Db",
  "?b=2&a=1&b=1&&bare&empty=": "?b=2&a=1&b=1&&bare&empty=",
  "?é=𝄞": "?%C3%A9=%F0%9D%84%9E",
  "?a=%FF+b&c=%zz": "?a=%FF%20b&c=%zz",
};
for (const [given, wanted] of Object.entries(table)) {
  test(`${given || "nothing"} goes out as ${wanted || "nothing"}`, () => assert.is(canonicalSearch(given), wanted));
}

test("a signature of somebody else in the address is left out, in any spelling", () => {
  const names = ["Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature", "Security-Token"];
  for (const name of names) {
    assert.is(canonicalSearch(`?X-Amz-${name}=1&a=1&x-amz-${name.toLowerCase()}=2`), "?a=1");
  }
  assert.is(canonicalSearch("?X%2DAmz%2DSignature=1"), "");
  assert.is(canonicalSearch("?X-Amz-Meta=1&y-X-Amz-Signature=1"), "?X-Amz-Meta=1&y-X-Amz-Signature=1");
});

test("whatever is in it, servers read the same, and the form of the form is itself", () => {
  const read = (search: string) => [...new URLSearchParams(search)];
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }))),
      (pairs: [string, string][]) => {
        const { search } = new URL(`https://x/?${new URLSearchParams(pairs)}`);
        const sent = canonicalSearch(search);
        assert.equal(read(sent), read(search));
        assert.is(canonicalSearch(sent), sent);
        assert.not.match(sent.slice(1), /[^A-Za-z0-9_.~%&=-]/);
      },
    ),
  );
});

test("what is signed are the names with all of their values; what is no UTF-8 can't be signed", () => {
  const read = (query: string) => ({ ...readQuery(query) });
  assert.equal(read("a=2&b=%C3%A9&a=&a=1"), { a: ["2", "", "1"], b: ["é"] });
  assert.equal(read("bare&toString=1"), { bare: [""], toString: ["1"] });
  assert.equal(read(""), {});
  for (const odd of ["a=%FF", "%zz=1", "__proto__=1"]) assert.is(readQuery(odd), undefined, odd);
});

test.run();
