/** Tests that only root can run, and tests that root can't: its reads and writes are never refused. */

export type User = "root" | "other";

/** Who runs the tests; "other" too where systems know no root. */
export function currentUser(): User {
  return process.getuid?.() === 0 ? "root" : "other";
}

/**
 * Set by the runner for the second run of a file that has tests for another user: the number of that user. The process starts
 * as root, so that it can load its modules wherever the repository stands, and gives its rights up before the first test.
 */
const second = process.env["MLFLOW_AUTH_TEST_UID"];

/** Whether this is that second run, in which only tests for the other user count. */
export const isSecondRun = second !== undefined;

export function giveUpRoot(): void {
  if (second === undefined || process.getuid?.() !== 0) return;
  const id = Number(second);
  process.setgroups?.([]);
  process.setgid?.(id);
  process.setuid?.(id);
}
