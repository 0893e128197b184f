import { open, rm, stat, utimes } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds between signs of life. */
const BEAT = 2_000;
/** A lock without a sign of life for this many milliseconds belongs to a process that was killed. */
const STALE = 20_000;

/** Runs `work` while no other process runs anything under the same file. */
export async function withLock(file: string, work: () => Promise<void>): Promise<void> {
  while (!(await acquire(file))) {
    if (await isStale(file)) await rm(file, { force: true });
    else await sleep(500);
  }
  const beat = setInterval(() => utimes(file, new Date(), new Date()).catch(() => {}), BEAT);
  try {
    await work();
  } finally {
    clearInterval(beat);
    await rm(file, { force: true });
  }
}

async function acquire(file: string): Promise<boolean> {
  try {
    await (await open(file, "wx")).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function isStale(file: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(file)).mtimeMs > STALE;
  } catch {
    return false;
  }
}
