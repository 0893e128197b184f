/**
 * Runs every `*.test.ts`, each in a process of its own, and closes with `N passed, N failed, N skipped`.
 *
 *   npm test                         all of them
 *   npm test -- core proxy           those of these packages; `npm test` in a package's folder does the same
 *   npm test -- vault redirects      those whose path contains one of the words
 *   npm test -- core/ redirects      those in this folder whose path contains the word
 *   npm run test:long                all of them, in their long form
 *
 * Several files run side by side, the longest first. They share the servers that take long to start (test/servers/shared). A file
 * passes only by the report that it leaves (test/suite.ts) together with its exit code. With CI=true a skipped test is a failure, and
 * what the real servers need is installed first.
 */
import { chownSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { POOL_VARIABLE } from "../test/servers/shared/borrow.ts";
import { openPool } from "../test/servers/shared/pool.ts";
import { allTools, missing } from "../test/servers/tools.ts";
import { currentUser } from "../test/suite/user.ts";
import { createQueue, keepSeconds, longestFirst, readSeconds, type Seconds } from "./test/order.ts";
import { type FileRun, type Outcome, runFile } from "./test/run-file.ts";
import { selectFiles } from "./test/select-files.ts";
import { createTally } from "./test/tally.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const secondsFile = join(root, "node_modules/.cache/test-seconds.json");
const ci = process.env["CI"] === "true";
const long = process.argv.includes("--long");
/** How many files run at once. It is two per processor, for they wait for servers and timers half of the time. */
const lanes = Number(process.env["MLFLOW_AUTH_TEST_LANES"]) || 2 * availableParallelism();
/** The user who runs the tests that root can't. No account needs to have this number. */
const OTHER_USER = 65_534;

const words = process.argv.slice(2).filter((word) => word !== "--long");
const files = longestFirst(selectFiles(root, words), readSeconds(secondsFile));
const tally = createTally();
const folder = mkdtempSync(join(tmpdir(), "mlflow-auth-test-"));

if (files.length === 0) tally.fail(`no test file matches: ${words.join(" ")}`);
// This comes before the first file, so that none of them spends its time on an installation. What stays missing shows as skipped.
if (ci) await missing(...allTools);

// The real servers are programs of Unix.
const pool = process.platform === "win32" ? undefined : await openPool();
const env = {
  ...(pool === undefined ? {} : { [POOL_VARIABLE]: pool.address }),
  ...(long ? { MLFLOW_AUTH_TEST_LONG: "1" } : {}),
};
const seconds: Seconds = {};

async function run(file: string): Promise<void> {
  const first = await runFile({ root, file, folder, env });
  seconds[file] = first.seconds;
  if (first.report.forOther === 0 || currentUser() !== "root") return tally.add(first);
  const second = await runAsOther({ root, file, folder, env });
  // A test that root leaves to the other user does not count as skipped.
  const { report } = first;
  const left = report.skipped - report.forOther;
  const reasons = left === 0 ? [] : report.reasons;
  tally.add({
    ...first,
    report: { ...report, registered: report.registered - report.forOther, skipped: left, reasons },
  });
  if (second.report.registered < report.forOther) second.report.failed++;
  tally.add(second);
}

/** Runs the tests of a file that root can't run, as the other user, with a home and a temporary folder of its own. */
async function runAsOther(asRoot: FileRun): Promise<Outcome> {
  const theirs = mkdtempSync(join(tmpdir(), "mlflow-auth-other-user-"));
  const [home, temporary] = [join(theirs, "home"), join(theirs, "tmp")];
  for (const made of [home, temporary]) mkdirSync(made);
  for (const given of [theirs, home, temporary]) chownSync(given, OTHER_USER, OTHER_USER);
  const own = { HOME: home, TMPDIR: temporary, MLFLOW_AUTH_TEST_UID: String(OTHER_USER) };
  try {
    return await runFile({ ...asRoot, folder: theirs, env: { ...asRoot.env, ...own }, note: ` as user ${OTHER_USER}` });
  } finally {
    rmSync(theirs, { recursive: true, force: true });
  }
}

const queue = createQueue(files);
async function lane(): Promise<void> {
  for (let file = queue.next(); file !== undefined; file = queue.next()) {
    await run(file);
    queue.done(file);
  }
}
await Promise.all(Array.from({ length: lanes }, lane));

await pool?.stop();
rmSync(folder, { recursive: true, force: true });
keepSeconds(secondsFile, seconds);
// process.exit would cut off what is still on its way to a pipe.
process.exitCode = tally.close({ ci, lanes });
