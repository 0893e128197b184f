import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { isInRange } from "../../src/discovery/version-range.js";

const test = suite("ranges of versions");

const ranges: Readonly<Record<string, { readonly within?: string; readonly outside?: string }>> = {
  "*": { within: "0.0.0 1.2.3" },
  "": { within: "0.1.0 99.0.0" },
  x: { within: "3.0.0" },
  "1.2.3": { within: "1.2.3", outside: "1.2.4 1.2.2" },
  "=1.2.3": { within: "1.2.3", outside: "1.3.0" },
  "1.2": { within: "1.2.0 1.2.9", outside: "1.3.0 1.1.9" },
  "1.x": { within: "1.0.0 1.99.0", outside: "2.0.0 0.9.0" },
  "^1.2.3": { within: "1.2.3 1.9.0", outside: "1.2.2 2.0.0" },
  "^0.1.0": { within: "0.1.0 0.1.9", outside: "0.2.0 1.0.0" },
  "^0.0.3": { within: "0.0.3", outside: "0.0.4" },
  "^0.0": { within: "0.0.7", outside: "0.1.0" },
  "^0": { within: "0.7.0", outside: "1.0.0" },
  "^1": { within: "1.0.0 1.9.0", outside: "2.0.0" },
  "~1.2.3": { within: "1.2.3 1.2.9", outside: "1.3.0" },
  "~1": { within: "1.9.0", outside: "2.0.0" },
  ">=22.19": { within: "22.19.0 26.0.0", outside: "22.18.9" },
  ">1.2": { within: "1.3.0", outside: "1.2.9" },
  ">1.2.3": { within: "1.2.4", outside: "1.2.3" },
  "<=1.2": { within: "1.2.9", outside: "1.3.0" },
  "<2": { within: "1.9.9", outside: "2.0.0" },
  ">=22.19 <25": { within: "24.0.0", outside: "25.0.0 20.0.0" },
  ">= 20 < 23": { within: "22.0.0", outside: "23.0.0" },
  "1.2.3 - 2.3": { within: "1.2.3 2.3.9", outside: "2.4.0 1.2.2" },
  "^0.1.0 || ^0.2.0": { within: "0.1.5 0.2.5", outside: "0.3.0" },
  "workspace:^": { within: "0.1.0" },
  "workspace:*": { within: "0.1.0" },
  "workspace:^0.1.0": { within: "0.1.0", outside: "0.2.0" },
  "^1.0.0-rc.1": { within: "1.0.0-rc.1 1.0.0", outside: "0.9.0" },
};

for (const [range, { within = "", outside = "" }] of Object.entries(ranges)) {
  test(`"${range}"`, () => {
    for (const version of within.split(" ").filter(Boolean)) assert.is(isInRange(version, range), true, version);
    for (const version of outside.split(" ").filter(Boolean)) assert.is(isInRange(version, range), false, version);
  });
}

test("what is no range is not guessed at", () => {
  for (const range of ["latest", "file:../core", "https://example.com/core.tgz", "^a", "1.2.3.4"])
    assert.is(isInRange("1.0.0", range), undefined, range);
});

test.run();
