/**
 * Which programs a run of `exec` leaves in the background: its own has ended, they live, and they lose their server. On Linux alone, where
 * what they were started with stands in /proc. On macOS nobody but a program itself may read that.
 */
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { printable } from "@mlflow-auth/core/internal";

/** A program by what any user of the machine sees of it: its arguments may hold a secret. */
export interface LeftProgram {
  readonly pid: number;
  /** Its own name, or the one that it gave itself: 15 characters at most. */
  readonly name: string;
  /** By the kernel's count: another program may have its number one day. */
  readonly startedAt: number;
}

/** Where to look. Both for tests. */
export interface Processes {
  /** Default: `/proc`. */
  readonly folder?: string;
  /** Default: that of this process. */
  readonly platform?: NodeJS.Platform;
}

/**
 * The programs of this user that were started since this process was, and have the token of its proxy in their environment, however they
 * were started and by whom. What can't be read is passed over, and nothing of what is read is kept.
 */
export function leftPrograms(
  token: string,
  { folder = "/proc", platform = process.platform }: Processes = {},
): LeftProgram[] {
  const self = platform === "linux" ? programAt(folder, "self") : undefined;
  if (self === undefined) return [];
  const user = process.getuid?.();
  const isCountedAnew = lastNumber(folder) < self.pid;
  const left: LeftProgram[] = [];
  for (const name of namesIn(folder)) {
    const pid = /^\d+$/.test(name) ? Number(name) : 0;
    // Numbers are given in turn: those below ours are of older ones, unless the count has begun anew.
    if (pid === self.pid || pid < (isCountedAnew ? 1 : self.pid)) continue;
    if (ownerOf(join(folder, name)) !== user) continue;
    // Before its environment, which a program that hangs may keep its readers waiting for.
    if (pid < self.pid && (programAt(folder, name)?.startedAt ?? 0) < self.startedAt) continue;
    const program = hasToken(join(folder, name, "environ"), token) ? programAt(folder, name) : undefined;
    if (program !== undefined) left.push(program);
  }
  return left;
}

/** Those of them that have not ended meanwhile, by their names of now. */
export function stillRunning(programs: readonly LeftProgram[], { folder = "/proc" }: Processes = {}): LeftProgram[] {
  return programs.flatMap(({ pid, startedAt }) => {
    const now = programAt(folder, String(pid));
    return now?.startedAt === startedAt ? [now] : [];
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function ownerOf(path: string): number | undefined {
  try {
    return statSync(path).uid;
  } catch {
    return undefined;
  }
}

/** Undefined for one that has ended, though its parent has not asked how. */
function programAt(folder: string, name: string): LeftProgram | undefined {
  try {
    // PID (NAME) STATE …, and NAME may hold anything; the 22nd word is the start: proc_pid_stat(5).
    const [, pid, program = "", rest = ""] =
      /^(\d+) \(([\s\S]*)\) ([\s\S]*)$/.exec(readFileSync(join(folder, name, "stat"), "utf8")) ?? [];
    const words = rest.split(" ");
    const startedAt = Number(words[19]);
    if (pid === undefined || Number.isNaN(startedAt) || words[0] === "Z" || words[0] === "X") return undefined;
    return { pid: Number(pid), name: printable(program), startedAt };
  } catch {
    return undefined;
  }
}

/** The number that was given last. */
function lastNumber(folder: string): number {
  try {
    return Number(readFileSync(join(folder, "loadavg"), "utf8").trim().split(" ").at(-1));
  } catch {
    return Number.NaN;
  }
}

/** Environments are seldom longer. Bytes. */
const USUAL = Buffer.alloc(64 * 1024);

function hasToken(path: string, token: string): boolean {
  try {
    const file = openSync(path, "r");
    try {
      const beginning = USUAL.subarray(0, readSync(file, USUAL));
      const isThere = beginning.includes(token);
      // Nothing of it stays here.
      beginning.fill(0);
      return isThere || (beginning.length === USUAL.length && readFileSync(path).includes(token));
    } finally {
      closeSync(file);
    }
  } catch {
    // A program that may not be looked into, or one that has just ended.
    return false;
  }
}
