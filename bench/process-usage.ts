/** What a process has used, as Linux counts it. */
import { readdirSync, readFileSync } from "node:fs";

/**
 * Seconds of CPU time, user and system, that a process and its children have used, as far as their threads still run. From the
 * scheduler's own account, in nanoseconds: that of /proc/PID/stat is in hundredths of a second.
 */
export function cpuOf(pid: number): number {
  let nanoseconds = 0;
  let children = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const folder = `/proc/${pid}/task/${thread}`;
    nanoseconds += Number(readFileSync(`${folder}/schedstat`, "latin1").split(" ", 1)[0]);
    const list = readFileSync(`${folder}/children`, "latin1").trim();
    if (list !== "") for (const child of list.split(" ")) children += cpuOf(Number(child));
  }
  return nanoseconds / 1e9 + children;
}

/** MiB of memory that a process holds (VmRSS). */
export function memoryOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]) / 1024;
}
