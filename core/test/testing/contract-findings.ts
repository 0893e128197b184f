/** What the contract suite finds, and tests of what it has to find. */
import * as assert from "uvu/assert";
import type { ContractCase } from "../../src/testing.js";

/** The cases that fail, and why. */
export async function failuresOf(cases: readonly ContractCase[]): Promise<string[]> {
  const failures: string[] = [];
  for (const { name, run } of cases) {
    await run().catch((error) => failures.push(`${name.replace("contract: ", "")}: ${error.message}`));
  }
  return failures;
}

/** One of the failures says so. */
export function assertSaid(failures: readonly string[], said: RegExp): void {
  assert.ok(
    failures.some((failure) => said.test(failure)),
    `found only: ${failures.join("\n")}`,
  );
}

/** As `suite` gives it. */
export type Test = (name: string, body: () => Promise<void>) => void;

/** What is wrong with something otherwise sound, how it comes about, and what the suite says. */
export type Fault<C> = readonly [what: string, change: C, found: RegExp];

/** Tests that the suite finds each. @param failures what it says of the thing with that change */
export function findsEach<C>(
  test: Test,
  faults: readonly Fault<C>[],
  failures: (change: C) => Promise<string[]>,
): void {
  for (const [what, change, found] of faults) {
    test(`it finds ${what}`, async () => assertSaid(await failures(change), found));
  }
}
