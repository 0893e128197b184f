/**
 * Runs every `*.test.ts`, each in a process of its own, and closes with `N passed, N failed, N skipped`.
 *
 *   npm test                      all of them
 *   npm test -- vault redirects   those whose path contains one of the words
 *   npm run test:long             all of them, in their long form
 *
 * A file counts only by the report that it leaves (test/suite.ts) together with its exit code. With CI=true a skipped test
 * is a failure, and what the real servers need is installed first.
 */
import { spawn } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { allTools, missing } from "../test/servers/tools.ts";
import type { Report } from "../test/suite.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const ci = process.env["CI"] === "true";
/** A file that takes longer than this many milliseconds is hung. */
const FILE_TIMEOUT = 10 * 60_000;
/** Files that start real servers run one at a time: two of them on a small machine only slow each other down. */
const SEQUENTIAL = /^test\/(contract|demo|e2e|examples|packages)\//;

interface Outcome {
  file: string;
  report: Report;
  output: string;
  seconds: number;
}

async function runFile(file: string, folder: string): Promise<Outcome> {
  const reportFile = join(folder, `${file.replaceAll(/[\\/]/g, "_")}.json`);
  const started = performance.now();
  const child = spawn(process.execPath, ["--import", "tsx", file], {
    cwd: root,
    env: {
      ...process.env,
      MLFLOW_AUTH_TEST_REPORT: reportFile,
      FORCE_COLOR: "0",
      ...(long ? { MLFLOW_AUTH_TEST_LONG: "1" } : {}),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const timer = setTimeout(() => {
    output += `\nno end after ${FILE_TIMEOUT / 60_000} minutes\n`;
    child.kill("SIGKILL");
  }, FILE_TIMEOUT);
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  clearTimeout(timer);
  const seconds = (performance.now() - started) / 1000;
  let report: Report = { registered: 1, passed: 0, failed: 1, skipped: 0, reasons: [] };
  try {
    report = JSON.parse(readFileSync(reportFile, "utf8")) as Report;
  } catch {
    output += "\nthe file left no report: it crashed, or does not use test/suite.ts\n";
  }
  if (code !== 0 && report.failed === 0) report.failed = 1;
  return { file, report, output, seconds };
}

async function runAll(files: string[], width: number, folder: string, done: (outcome: Outcome) => void): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < files.length) {
      done(await runFile(files[next++] as string, folder));
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
}

const words = process.argv.slice(2).filter((word) => word !== "--long");
const long = process.argv.includes("--long");
const patterns = ["*/test/**/*.test.ts", "plugins/*/test/**/*.test.ts", "test/**/*.test.ts"];
const files = [...new Set(patterns.flatMap((pattern) => globSync(pattern, { cwd: root })))]
  .map((file) => relative(".", file))
  .filter((file) => !file.includes("node_modules") && (words.length === 0 || words.some((word) => file.includes(word))))
  .sort();

const folder = mkdtempSync(join(tmpdir(), "mlflow-auth-test-"));
const total = { passed: 0, failed: 0, skipped: 0 };
const reasons = new Set<string>();

function done({ file, report, output, seconds }: Outcome): void {
  total.passed += report.passed;
  total.failed += report.failed;
  total.skipped += report.skipped;
  for (const reason of report.reasons) reasons.add(reason);
  const mark = report.failed > 0 ? "FAIL" : report.passed === 0 ? "skip" : "ok  ";
  console.log(`${mark} ${file}  ${report.passed}/${report.registered}  ${seconds.toFixed(1)} s`);
  if (report.failed > 0) console.log(output.replace(/^/gm, "     "));
}

if (files.length === 0) {
  console.error(`no test file matches: ${words.join(" ")}`);
  total.failed = 1;
}
// Before the first file, so that none of them spends its time on an installation. What stays missing shows as skipped.
if (ci) await missing(...allTools);

const parallel = files.filter((file) => !SEQUENTIAL.test(file));
const sequential = files.filter((file) => SEQUENTIAL.test(file));
await runAll(parallel, 2, folder, done);
await runAll(sequential, 1, folder, done);
rmSync(folder, { recursive: true, force: true });

if (reasons.size > 0) {
  console.log("\nLeft out here:");
  for (const reason of reasons) console.log(`  ${reason}`);
}
if (ci && total.skipped > 0) {
  console.log("With CI=true nothing may be left out.");
  total.failed += total.skipped;
  total.skipped = 0;
}
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
// Not process.exit: what is still on its way to a pipe would be cut off.
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
