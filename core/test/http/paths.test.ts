import { suite } from "@mlflow-auth/test/suite";
import fc from "fast-check";
import * as assert from "uvu/assert";
import { leadsOut, MOST_READINGS, readings } from "../../src/http/paths.js";
import { harmless, misleading } from "./path-table.js";

const test = suite("paths that servers read differently");

for (const path of misleading) test(`${path} leads out`, () => assert.is(leadsOut(path), true));
for (const path of harmless) test(`${path} does not`, () => assert.is(leadsOut(path), false));

/** What servers split at, decode and drop, put together at random. */
const piece = fc.constantFrom(
  "/",
  ".",
  "..",
  "%2e",
  "%2E",
  "%2f",
  "%5c",
  "\\",
  "%25",
  "2e",
  "2f",
  ";",
  "a",
  "?",
  "%",
  "%20",
  "%c0%ae",
);

test("what does not lead out means the same to a parser that resolves dot segments, however often it decodes first", () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const target = `/${pieces.join("")}`;
      if (leadsOut(target)) return;
      let path = target.split("?", 1)[0] as string;
      for (let round = 0; round < 4; round++) {
        // Of a decoded `?` or `#` a parser makes the end of the path.
        const [before] = path.split(/[?#]/, 1) as [string];
        assert.is(
          new URL(`http://host${before}`).pathname.split("/").length,
          before.replaceAll("\\", "/").split("/").length,
          target,
        );
        path = path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
      }
    }),
    { numRuns: 20_000 },
  );
});

test("a path that is escaped over and over is read in a bounded number of rounds", () => {
  for (const path of [
    `/${"%25".repeat(10_000)}2e`,
    `/%${"25".repeat(15_000)}2e%${"25".repeat(15_000)}2e/x`,
    `/${"%2%35".repeat(6_000)}`,
  ]) {
    assert.ok(readings(path).length <= MOST_READINGS, path.slice(0, 20));
  }
  assert.is(leadsOut(`/%${"25".repeat(15_000)}2e%${"25".repeat(15_000)}2e/x`), true);
});

test("a path that shows another reading with each of thousands of rounds is given up on, and leads out", () => {
  const path = `/${"%".repeat(10_000)}${"3".repeat(10_000)}5`;
  assert.is(readings(path).length, MOST_READINGS + 1);
  assert.is(leadsOut(path), true);
});

for (const path of ["/a/.. /b", "/a/.\u0007./b", "/a/.\u00a0./b", "/a/.\u200b./b", "/a\u0000b"]) {
  test(`${JSON.stringify(path)}, which nobody should send as it is, leads out`, () => assert.is(leadsOut(path), true));
}

test.run();
