/** The check of the demo is worth something only if it fails where something differs. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { expectedRuns, type LoggedRun } from "../../demo/expected-runs.ts";
import { checkRuns } from "../../demo/read-back.ts";

const test = suite("the demo's check of its runs");
const expected = expectedRuns("train.mjs");
const [first, ...rest] = expected as [LoggedRun, ...LoggedRun[]];

test("takes what was logged, in any order", () => {
  checkRuns(expected.toReversed(), expected);
});

const differences: Record<string, LoggedRun[]> = {
  "a run is missing": rest,
  "a run is there twice": [first, ...expected],
  "a parameter differs": [{ ...first, params: { ...first.params, rate: "0.2" } }, ...rest],
  "a parameter is missing": [{ ...first, params: { rate: "0.1" } }, ...rest],
  "a metric differs in its last digit": [{ ...first, metrics: { loss: bumped(first) } }, ...rest],
  "a metric lacks a step": [{ ...first, metrics: { loss: first.metrics["loss"]?.slice(1) ?? [] } }, ...rest],
  "a tag is missing": [{ ...first, tags: {} }, ...rest],
  "a tag is too many": [{ ...first, tags: { ...first.tags, more: "1" } }, ...rest],
  "a run did not finish": [{ ...first, status: "RUNNING" }, ...rest],
  "another program logged it": [{ ...first, source: "track.mjs" }, ...rest],
};

for (const [difference, found] of Object.entries(differences)) {
  test(`fails where ${difference}`, () => assert.throws(() => checkRuns(found, expected)));
}

function bumped({ metrics }: LoggedRun): number[] {
  const [value = 0, ...others] = metrics["loss"] ?? [];
  return [value + Number.EPSILON, ...others];
}

test.run();
