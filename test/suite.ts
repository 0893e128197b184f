/**
 * Test suites on uvu, with uvu's silences closed: a suite that is never run, a hook that throws, a rejection with a
 * non-Error, a test that never ends and a process that ends early, or not at all, count as failures. Every test file runs in a
 * process of its own and leaves a report for the runner (`scripts/test.ts`), which trusts nothing else.
 */
import { suite as uvuSuite } from "uvu";
import { leftOpen, noteOpen } from "./suite/left-open.ts";
import { report, saveReport, skip } from "./suite/report.ts";
import { runTest, usualLimit, withinLimit } from "./suite/time-limit.ts";
import { currentUser, giveUpRoot, isSecondRun, type User } from "./suite/user.ts";

export { limitTests } from "./suite/time-limit.ts";

type TestBody = () => unknown;

export interface TestOptions {
  /** Seconds after which the test counts as hung. Default: those of its suite. */
  readonly timeout?: number;
  /** Who alone can run it. The runner, if it is root, runs those for another user a second time as one. Default: anybody. */
  readonly user?: User;
}

export interface SuiteOptions extends TestOptions {
  /**
   * Why the suite can't run here (see `missing` in servers/tools.ts); its tests then count as skipped, which fails the run in
   * CI. A suite that asks works with real programs, so its tests get 300 seconds by default rather than 30.
   */
  readonly missing?: string | undefined;
}

/** A suite is a function that adds a test to it, as uvu's. */
export interface Suite {
  (title: string, body: TestBody): void;
  (title: string, options: TestOptions, body: TestBody): void;
  before(hook: TestBody): void;
  after(hook: TestBody): void;
  beforeEach(hook: TestBody): void;
  afterEach(hook: TestBody): void;
  /** Call it once, after the last test of the suite. */
  run(): void;
}

/** Whether the long form of the tests was asked for (`npm run test:long`): those with ten thousand of anything and more. */
export const long = process.env["MLFLOW_AUTH_TEST_LONG"] === "1";

/** Says in a test's name that it runs with fewer rounds than was promised, unless the long form was asked for. */
export const form = long ? "" : " (short form)";

/** Seconds for each hook that puts away; less once something has failed, for then it may wait for what never comes. */
const HOOK_LIMIT = 30;
const HOOK_LIMIT_AFTER_FAILURE = 5;
const REAL_PROGRAMS_LIMIT = 300;

let suites = 0;
let runs = 0;
let over = 0;

/** What is to be closed after the test that opened it, or after the suite if a `before` hook did. */
const closers: TestBody[] = [];
const closersOfSuite: TestBody[] = [];

/**
 * Closes something once the running test is over, whatever came of it, or once the suite is, if a `before` hook calls this.
 * What is opened last is closed first. Closing twice must do no harm: tests may do it themselves.
 */
export function closeAfterwards(close: TestBody): void {
  closers.push(close);
}

/** A suite named after the behaviour it describes. */
export function suite(name: string, options: SuiteOptions = {}): Suite {
  const inner = uvuSuite(name);
  suites++;
  const limit = options.timeout ?? ("missing" in options ? REAL_PROGRAMS_LIMIT : usualLimit());
  /** Why the tests of this suite can't be run: what one of its `before` hooks threw. */
  let broken: Error | undefined;
  let runnable = 0;

  const test = ((title: string, ...rest: [TestBody] | [TestOptions, TestBody]) => {
    const [own, body] = rest.length === 1 ? [{}, rest[0]] : rest;
    const user = own.user ?? options.user;
    if (isSecondRun && user !== "other") return;
    report.registered++;
    if (options.missing !== undefined) return skip(options.missing);
    if (user !== undefined && !isSecondRun && user !== currentUser()) return skipForUser(user);
    runnable++;
    inner(title, () => counted(title, body, own.timeout ?? limit, broken));
  }) as Suite;

  const hooks = { before: [], after: [], beforeEach: [], afterEach: [] } as Record<string, TestBody[]>;
  test.before = (body) => void hooks["before"]?.push(body);
  test.after = (body) => void hooks["after"]?.push(body);
  test.beforeEach = (body) => void hooks["beforeEach"]?.push(body);
  test.afterEach = (body) => void hooks["afterEach"]?.push(body);

  const puttingAway = (body: TestBody, what: string) =>
    guarded(body, what, report.failed > 0 ? HOOK_LIMIT_AFTER_FAILURE : HOOK_LIMIT).catch(() => undefined);

  function hang(bodies: Record<string, TestBody[]>): void {
    for (const body of bodies["before"] ?? []) {
      inner.before(async () => {
        if (broken === undefined) await guarded(body, `before "${name}"`, limit).catch((error) => (broken = error));
        closersOfSuite.push(...closers.splice(0));
      });
    }
    for (const body of bodies["beforeEach"] ?? []) {
      inner.before.each(() => (broken === undefined ? guarded(body, `before a test of "${name}"`, limit) : undefined));
    }
    for (const body of bodies["afterEach"] ?? []) {
      inner.after.each(() => (broken === undefined ? puttingAway(body, `after a test of "${name}"`) : undefined));
    }
    inner.after.each(() => closeAll(closers.splice(0), puttingAway));
    for (const body of bodies["after"] ?? []) inner.after(() => puttingAway(body, `after "${name}"`));
    inner.after(() => closeAll(closersOfSuite.splice(0), puttingAway));
  }

  test.run = () => {
    runs++;
    giveUpRoot();
    if (runnable > 0) hang(hooks);
    inner.after(ended);
    inner.run();
  };
  return test;
}

function skipForUser(user: User): void {
  if (user === "root") report.forRoot++;
  else report.forOther++;
  skip(user === "root" ? "Tests that only root can run." : "Tests that root can't run.");
}

async function closeAll(bodies: TestBody[], close: (body: TestBody, what: string) => unknown): Promise<void> {
  for (const body of bodies.reverse()) await close(body, "closing what a test left open");
}

async function counted(title: string, body: TestBody, limit: number, broken: Error | undefined): Promise<void> {
  cancelEnd();
  report.running = title;
  saveReport();
  try {
    if (broken !== undefined) throw new Error("not run, for a hook before it failed");
    await runTest(body, limit);
    report.passed++;
  } catch (thrown) {
    report.failed++;
    const error = asError(thrown);
    // At once: uvu tells at the end of the suite, which a crash or a hang may keep from coming.
    console.error(`\nfailed: "${title}": ${error.message}`);
    throw error;
  } finally {
    noteOpen(title);
    report.running = undefined;
  }
}

/** A hook whose failure uvu would swallow. */
async function guarded(body: TestBody, what: string, limit: number): Promise<void> {
  try {
    await withinLimit(body, limit);
  } catch (thrown) {
    report.failed++;
    const error = asError(thrown);
    console.error(`${what}: ${error.stack}`);
    throw error;
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(`thrown: ${String(thrown)}`);
}

/** Milliseconds between the last hook and the end of the process; what is still open then was forgotten by a test. */
const LONGEST_CLOSE = 5_000;
const LONGEST_CLOSE_AFTER_FAILURE = 1_000;
let ending: NodeJS.Timeout | undefined;

/** A suite is over; with the last one, the process must end. */
function ended(): void {
  over++;
  if (over < runs || over < suites) return;
  const patience = report.failed > 0 ? LONGEST_CLOSE_AFTER_FAILURE : LONGEST_CLOSE;
  ending = setTimeout(() => {
    console.error(`the tests are over, but this keeps the process alive: ${leftOpen()}`);
    process.exit(1);
  }, patience).unref();
}

function cancelEnd(): void {
  clearTimeout(ending);
}

process.on("exit", () => {
  const accounted = report.passed + report.failed + report.skipped;
  if (suites !== runs) console.error(`${suites - runs} suite(s) never called .run()`);
  if (report.running !== undefined) console.error(`the process ended in the test "${report.running}"`);
  const clean = process.exitCode === undefined || process.exitCode === 0;
  const some = report.registered > 0 || isSecondRun;
  const sound = clean && suites === runs && some && accounted === report.registered && report.failed === 0;
  if (!sound) {
    report.failed = Math.max(1, report.registered - report.passed - report.skipped);
    process.exitCode = 1;
  }
  saveReport();
});
