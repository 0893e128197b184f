/**
 * Test suites on uvu, with uvu's silences closed: a suite that is never run, a hook that throws, a rejection with a
 * non-Error and a process that ends early all count as failures. Every test file runs in a process of its own and leaves a
 * report for the runner (`scripts/test.ts`), which trusts nothing else.
 */
import { writeFileSync } from "node:fs";
import { suite as uvuSuite } from "uvu";

type TestBody = () => void | Promise<void>;

export interface Report {
  registered: number;
  passed: number;
  failed: number;
  skipped: number;
  /** Why tests were left out, for example the name of a missing tool with the way to get it. */
  reasons: string[];
}

export interface Suite {
  (name: string, body: TestBody): void;
  before(hook: TestBody): void;
  after(hook: TestBody): void;
  beforeEach(hook: TestBody): void;
  afterEach(hook: TestBody): void;
  run(): void;
}

/** Whether the long form of the tests was asked for (`npm run test:long`): those with ten thousand of anything and more. */
export const long = process.env["MLFLOW_AUTH_TEST_LONG"] === "1";

const report: Report = { registered: 0, passed: 0, failed: 0, skipped: 0, reasons: [] };
let suites = 0;
let runs = 0;

/**
 * A suite named after the behaviour it describes.
 *
 * @param options.missing why the suite can't run here (see `missing` in servers/tools.ts); its tests then count as skipped,
 *   which fails the run in CI
 */
export function suite(name: string, options: { missing?: string | undefined } = {}): Suite {
  const inner = uvuSuite(name);
  suites++;
  const test = ((title: string, body: TestBody) => {
    report.registered++;
    if (options.missing !== undefined) {
      report.skipped++;
      if (!report.reasons.includes(options.missing)) report.reasons.push(options.missing);
      return;
    }
    inner(title, () => counted(body));
  }) as Suite;
  const hook = (register: (hook: TestBody) => void) => (body: TestBody) => {
    if (options.missing === undefined) register(() => guarded(body));
  };
  test.before = hook((body) => inner.before(body));
  test.after = hook((body) => inner.after(body));
  test.beforeEach = hook((body) => inner.before.each(body));
  test.afterEach = hook((body) => inner.after.each(body));
  test.run = () => {
    runs++;
    inner.run();
  };
  return test;
}

async function counted(body: TestBody): Promise<void> {
  try {
    await body();
    report.passed++;
  } catch (thrown) {
    report.failed++;
    throw asError(thrown);
  } finally {
    if (report.passed + report.failed + report.skipped === report.registered) expectEnd();
  }
}

/** Milliseconds between the last test and the end of the process; what is still open then was forgotten by a test. */
const LONGEST_CLOSE = 30_000;

function expectEnd(): void {
  setTimeout(() => {
    console.error("the tests are over, but something that they opened keeps the process alive");
    process.exit(1);
  }, LONGEST_CLOSE).unref();
}

/** A hook whose failure uvu would swallow. */
async function guarded(body: TestBody): Promise<void> {
  try {
    await body();
  } catch (thrown) {
    report.failed++;
    console.error(asError(thrown).stack);
    throw asError(thrown);
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(`thrown: ${String(thrown)}`);
}

process.on("exit", () => {
  const accounted = report.passed + report.failed + report.skipped;
  if (suites !== runs) console.error(`${suites - runs} suite(s) never called .run()`);
  const clean = process.exitCode === undefined || process.exitCode === 0;
  const sound =
    clean && suites === runs && report.registered > 0 && accounted === report.registered && report.failed === 0;
  if (!sound) {
    report.failed = Math.max(1, report.registered - report.passed - report.skipped);
    process.exitCode = 1;
  }
  const file = process.env["MLFLOW_AUTH_TEST_REPORT"];
  if (file) writeFileSync(file, JSON.stringify(report));
});
