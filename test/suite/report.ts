/** What a test file tells the runner (scripts/test.ts), which trusts nothing else. */
import { writeFileSync } from "node:fs";

export interface Report {
  registered: number;
  passed: number;
  failed: number;
  skipped: number;
  /** Of the skipped: those that only a user other than root can run, or only root. */
  forOther: number;
  forRoot: number;
  /** Why tests were left out, for example the name of a missing tool with the way to get it. */
  reasons: string[];
  /** The test under way, for where the process is ended from outside. */
  running?: string | undefined;
}

/** Of this process. */
export const report: Report = {
  registered: 0,
  passed: 0,
  failed: 0,
  skipped: 0,
  forOther: 0,
  forRoot: 0,
  reasons: [],
};

/** Counts a test that can't run here. */
export function skip(reason: string): void {
  report.skipped++;
  if (!report.reasons.includes(reason)) report.reasons.push(reason);
}

/** Writes the report where the runner looks for it; nowhere if no runner asked for one. */
export function saveReport(): void {
  const file = process.env["MLFLOW_AUTH_TEST_REPORT"];
  if (file) writeFileSync(file, JSON.stringify(report));
}
