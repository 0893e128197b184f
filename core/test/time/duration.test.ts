import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { formatDuration, parseDuration } from "../../src/time/duration.js";

const test = suite("durations");

const written: readonly (readonly [text: string, milliseconds: number | undefined])[] = [
  ["0s", 0],
  ["500ms", 500],
  ["30s", 30_000],
  ["5m", 300_000],
  ["1h", 3_600_000],
  ["999999999ms", 999_999_999],
  ["30", undefined],
  ["30 s", undefined],
  ["-1s", undefined],
  ["1.5h", undefined],
  ["1d", undefined],
  ["5minutes", undefined],
  ["5M", undefined],
  ["1000000000ms", undefined],
  ["", undefined],
];

for (const [text, milliseconds] of written) {
  test(`the file's \`${text}\` is ${milliseconds ?? "no duration"}`, () => {
    assert.is(parseDuration(text), milliseconds);
  });
}

const told: readonly (readonly [milliseconds: number, text: string])[] = [
  [0, "0 ms"],
  [0.4, "0 ms"],
  [350, "350 ms"],
  [999.6, "1 s"],
  [1_000, "1 s"],
  [1_499, "1 s"],
  [90_000, "90 s"],
  [119_000, "119 s"],
  [119_999, "2 min"],
  [120_000, "2 min"],
  [600_000, "10 min"],
  [7_199_000, "2 h"],
  [7_200_000, "2 h"],
  [172_799_000, "2 days"],
  [172_800_000, "2 days"],
  [-600_000, "10 min"],
];

for (const [milliseconds, text] of told) {
  test(`${milliseconds} milliseconds are told as ${text}`, () => {
    assert.is(formatDuration(milliseconds), text);
  });
}

test.run();
