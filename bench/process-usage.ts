/** What a process has used, as Linux counts it. */
import { readdirSync, readFileSync } from "node:fs";

/**
 * Seconds of CPU time, user and system, that a process and its children have used. Threads and children that have ended do not count.
 * The scheduler counts in nanoseconds, while /proc/PID/stat has hundredths of a second.
 *
 * @throws Error if there is no such process
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

/** MiB of memory that a process holds (VmRSS), without its children. @throws Error if there is no such process */
export function memoryOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]) / 1024;
}
