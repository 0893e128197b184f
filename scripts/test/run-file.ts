/** Runs one test file in a process of its own. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compileCache } from "../../test/compile-cache.ts";
import type { Report } from "../../test/suite/report.ts";

/** Milliseconds after which a file is killed. A file notices by itself that a test hangs, but not if it computes without end. */
const FILE_TIMEOUT = 10 * 60_000;

/** What came of a file. */
export interface Outcome {
  /** The name of the file as it is shown, with the note. */
  readonly file: string;
  readonly report: Report;
  /** What it printed, on stdout and stderr. */
  readonly output: string;
  readonly seconds: number;
}

/** Which file to run, and how. */
export interface FileRun {
  readonly root: string;
  /** Relative to the root. */
  readonly file: string;
  /** Where it leaves its report. The user who runs it must be able to write there. */
  readonly folder: string;
  /** Variables beside those of this process. */
  readonly env: NodeJS.ProcessEnv;
  /** Shown after the file's name. */
  readonly note?: string;
}

/** Runs it to its end. It never rejects: what goes wrong is a failure in the report. */
export async function runFile({ root, file, folder, env, note = "" }: FileRun): Promise<Outcome> {
  const reportFile = join(folder, `${file.replaceAll("/", "_")}.json`);
  const started = performance.now();
  const child = spawn(process.execPath, ["--import", "./scripts/typescript.mjs", file], {
    cwd: root,
    env: { ...process.env, ...compileCache, MLFLOW_AUTH_TEST_REPORT: reportFile, FORCE_COLOR: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, FILE_TIMEOUT);
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  clearTimeout(timer);
  const report = readReport(reportFile);
  if (report === undefined) output += "\nthe file left no report: it crashed, or does not use test/suite.ts\n";
  if (late) output += `\nno end after ${FILE_TIMEOUT / 60_000} minutes, in the test "${report?.running}"\n`;
  return {
    file: file + note,
    report: judged(report, code === 0),
    output,
    seconds: (performance.now() - started) / 1000,
  };
}

function readReport(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch {
    return undefined;
  }
}

/** The report together with the exit code: in a process that failed, each test that has not passed has failed. */
function judged(report: Report | undefined, ended: boolean): Report {
  const { registered = 1, passed = 0, failed = 0, skipped = 0, forOther = 0, forRoot = 0, reasons = [] } = report ?? {};
  const missing = ended && report !== undefined ? 0 : Math.max(1, registered - passed - skipped);
  return { registered, passed, failed: Math.max(failed, missing), skipped, forOther, forRoot, reasons };
}
