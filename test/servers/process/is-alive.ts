/** Whether a process has ended, for those who wait for the end of one that is not their child. */
import { readFileSync } from "node:fs";

/** A zombie has ended: in a container without an init process, nobody takes note of the children of a dead one. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !/^State:\s+Z/m.test(statusOf(pid));
}

/** Empty where the system has no such file, as macOS has none, and for one that has ended meanwhile. */
function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "";
  }
}
