import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createTally } from "../../scripts/test/tally.ts";
import { report as empty, type Report } from "../suite/report.ts";

const test = suite("what a run of tests says at its end");

/** The exit code of a run with these files, and all that it printed. */
function closed(reports: Partial<Report>[], ci: boolean): { code: number; lines: string[] } {
  const lines: string[] = [];
  const { log } = console;
  console.log = (text: string) => void lines.push(...text.split("\n"));
  try {
    const tally = createTally();
    for (const [index, given] of reports.entries()) {
      const report = { ...empty, registered: 0, passed: 0, failed: 0, skipped: 0, ...given };
      tally.add({ file: `file-${index}`, report, output: "what it said", seconds: index });
    }
    return { code: tally.close({ ci, lanes: 1 }), lines };
  } finally {
    console.log = log;
  }
}

test("the last line counts, alone", () => {
  const { code, lines } = closed([{ passed: 3 }, { passed: 4, failed: 1 }], false);
  assert.is(lines.at(-1), "7 passed, 1 failed, 0 skipped");
  assert.is(lines.filter((line) => / passed, /.test(line)).length, 1);
  assert.ok(lines.includes("     what it said"));
  assert.is(code, 1);
});

test("nothing that ran is no success", () => {
  assert.is(closed([], false).code, 1);
  assert.is(closed([{ skipped: 2, reasons: ["no tool"] }], false).code, 1);
});

test("the ten slowest are listed, the slowest first", () => {
  const { lines } = closed(
    Array.from({ length: 12 }, () => ({ passed: 1 })),
    false,
  );
  const from = lines.findIndex((line) => line.startsWith("The slowest of 12 files"));
  assert.equal(
    lines.slice(from + 1, from + 11).map((line) => line.trim()),
    Array.from({ length: 10 }, (_, index) => `${11 - index}.0 s  file-${11 - index}`),
  );
});

test("what is left out fails the run in CI, and only there", () => {
  const left = [{ passed: 1 }, { skipped: 2, reasons: ["no tool"] }];
  assert.equal([closed(left, false).code, closed(left, true).code], [0, 1]);
  assert.is(closed(left, true).lines.at(-1), "1 passed, 2 failed, 0 skipped");
});

test("where somebody else than root runs it, root's tests are skipped, which is said and fails nothing", () => {
  const { code, lines } = closed(
    [{ passed: 1, skipped: 2, forRoot: 2, reasons: ["Tests that only root can run."] }],
    true,
  );
  assert.is(lines.at(-1), "1 passed, 0 failed, 2 skipped");
  assert.ok(lines.some((line) => line.startsWith("2 skipped tests need root")));
  assert.is(code, 0);
});

test.run();
