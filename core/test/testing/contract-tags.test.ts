import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { providerContract, testContext } from "../../src/testing.js";

const test = suite("the provider contract: run tags");

test("of run tags it takes those that core would send, and no others", async () => {
  const isTaken = async (tags: Record<string, unknown>) => {
    const setup = () => ({
      provider: { inContext: () => true, tags: () => tags as Record<string, string> },
      context: testContext(),
      canaries: [],
    });
    const outcomes = providerContract({ tags: setup }).map(({ run }) =>
      run().then(
        () => true,
        () => false,
      ),
    );
    return (await Promise.all(outcomes)).every(Boolean);
  };
  assert.is(await isTaken({ team: "vision", "a/b c": "" }), true);
  for (const tags of [
    {},
    { "": "x" },
    { "a*": "x" },
    { "../a": "x" },
    { ["k".repeat(251)]: "x" },
    { a: 1 },
    { a: "x".repeat(8001) },
  ]) {
    assert.is(await isTaken(tags), false, Object.keys(tags).join().slice(0, 20));
  }
});

test.run();
