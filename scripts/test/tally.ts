/** Counts the tests of all files, and says what came of them. */
import type { Outcome } from "./run-file.ts";

/** The count of one run. */
export interface Tally {
  /** Prints a line about a file, and all that it printed if something failed. */
  add(outcome: Outcome): void;
  /** A failure outside of any file. */
  fail(message: string): void;
  /**
   * Prints the slowest files, what was left out, and as the last line `N passed, N failed, N skipped`.
   *
   * @param options.ci a skipped test is a failure, unless it needs root and this is another user
   * @returns the exit code
   */
  close(options: { ci: boolean; lanes: number }): number;
}

/** How many of the slowest files are listed. */
const SLOWEST = 10;

/** A tally with nothing in it yet. Its time runs from now on. */
export function createTally(): Tally {
  const started = performance.now();
  const total = { passed: 0, failed: 0, skipped: 0 };
  const timed: { file: string; seconds: number }[] = [];
  const reasons = new Set<string>();
  let forRoot = 0;

  function add({ file, report, output, seconds }: Outcome): void {
    timed.push({ file, seconds });
    total.passed += report.passed;
    total.failed += report.failed;
    total.skipped += report.skipped;
    forRoot += report.forRoot;
    for (const reason of report.reasons) reasons.add(reason);
    const mark = report.failed > 0 ? "FAIL" : report.passed === 0 ? "skip" : "ok  ";
    console.log(`${mark} ${file}  ${report.passed}/${report.registered}  ${seconds.toFixed(1)} s`);
    if (report.failed > 0) console.log(output.replace(/^/gm, "     "));
  }

  function close({ ci, lanes }: { ci: boolean; lanes: number }): number {
    if (timed.length > SLOWEST) {
      timed.sort((a, b) => b.seconds - a.seconds);
      const all = (performance.now() - started) / 1000;
      console.log(`\nThe slowest of ${timed.length} files, which took ${all.toFixed(0)} s, ${lanes} at a time:`);
      for (const { file, seconds } of timed.slice(0, SLOWEST))
        console.log(`${seconds.toFixed(1).padStart(7)} s  ${file}`);
    }
    if (reasons.size > 0) {
      console.log("\nLeft out here:");
      for (const reason of reasons) console.log(`  ${reason}`);
    }
    if (forRoot > 0) console.log(`\n${forRoot} skipped tests need root: run them in a container, or as CI does.`);
    const mustNot = total.skipped - forRoot;
    if (ci && mustNot > 0) {
      console.log("With CI=true nothing may be left out.");
      total.failed += mustNot;
      total.skipped -= mustNot;
    }
    console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
    return total.failed === 0 && total.passed > 0 ? 0 : 1;
  }

  return {
    add,
    close,
    fail(message) {
      console.error(message);
      total.failed++;
    },
  };
}
