/** One test file in a process of its own, ended by force once a test has failed, or if it takes too long. */
import { execFileSync, spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../suite/report.ts";
import type { WorkspaceCopy } from "./workspace-copy.ts";

export interface TestRun {
  readonly passed: boolean;
  /** Tests that can't run here: of what they would notice nothing is known. */
  readonly skipped: number;
  readonly milliseconds: number;
  readonly output: string;
}

/** As test/suite.ts tells it at once. */
const FAILURE = /^failed: "/m;

const running = new Set<number>();
process.on("exit", () => running.forEach(killTree));

/** @param limit milliseconds */
export async function runTest(copy: WorkspaceCopy, file: string, limit: number): Promise<TestRun> {
  const reportFile = join(copy.temporary, "report.json");
  rmSync(reportFile, { force: true });
  const started = performance.now();
  const child = spawn(process.execPath, ["--import", "./scripts/typescript.mjs", file], {
    cwd: copy.path,
    env: { ...process.env, TMPDIR: copy.temporary, MLFLOW_AUTH_TEST_REPORT: reportFile, FORCE_COLOR: "0" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { pid } = child;
  if (pid !== undefined) running.add(pid);
  let output = "";
  let failed = false;
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => {
    output += chunk;
    // What the others say is not asked for, and after a failure some would wait for what never comes.
    if (!failed && FAILURE.test(output) && pid !== undefined) {
      failed = true;
      killTree(pid);
    }
  });
  const timer = setTimeout(() => {
    output += `\nno end after ${Math.round(limit / 1000)} s\n`;
    if (pid !== undefined) killTree(pid);
  }, limit);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    // Not "close": what a killed test has started may hold its output open.
    child.on("exit", resolve);
  });
  clearTimeout(timer);
  if (pid !== undefined) running.delete(pid);
  const report = readReport(reportFile);
  return {
    passed: code === 0 && report !== undefined && report.failed === 0 && report.passed > 0,
    skipped: report?.skipped ?? 0,
    milliseconds: performance.now() - started,
    output,
  };
}

function readReport(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch {
    return undefined;
  }
}

/** The process and all that it has started, also what is in a session of its own. */
function killTree(pid: number): void {
  const children = new Map<number, number[]>();
  for (const line of execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n")) {
    const [child, parent] = line.trim().split(/\s+/).map(Number) as [number, number];
    children.set(parent, [...(children.get(parent) ?? []), child]);
  }
  const tree = [pid];
  for (const process of tree) tree.push(...(children.get(process) ?? []));
  for (const process of tree) kill(process);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}
