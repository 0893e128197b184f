import { spawn } from "node:child_process";
import { appendFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Waits until its input ends. That is when this process exits, in whatever way; an exit hook would miss SIGKILL. Then it cleans up
 * what the list names, one `word value` per line.
 */
const script = `
trap '' INT TERM HUP
cat >/dev/null
while read -r word value; do
  case $word in
    group) grep -qx "gone $value" "$0" || kill -s KILL -- "-$value" 2>/dev/null ;;
    folder) rm -rf -- "$value" ;;
  esac
done <"$0"
rm -rf -- "\${0%/*}"
`;

let list: string | undefined;

/** It is written at once, for what waits in a pipe is lost when this process ends. */
function note(line: string): void {
  list ??= startGuard();
  appendFileSync(list, `${line}\n`);
}

function startGuard(): string {
  const file = join(mkdtempSync(join(tmpdir(), "mlflow-auth-lifeline-")), "list");
  appendFileSync(file, "");
  // A session of its own, so that Ctrl-C in the terminal does not reach it.
  const child = spawn("/bin/sh", ["-c", script, file], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  return file;
}

/** Kills a process group once this process has ended. @returns a function to call if the group has gone before */
export function killAtEnd(group: number): () => void {
  note(`group ${group}`);
  return () => note(`gone ${group}`);
}

/** Removes a folder once this process has ended. */
export function removeAtEnd(folder: string): void {
  note(`folder ${folder}`);
}
