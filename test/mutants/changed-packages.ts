/** Which packages a change is about. */
import { execFileSync } from "node:child_process";

/**
 * The paths that differ from where this branch left main; on main itself, from the commit before. What is not committed counts, too.
 *
 * @returns undefined where git can't tell: no repository, or too short a history
 */
export function changedPaths(root: string): readonly string[] | undefined {
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    const head = git("rev-parse", "HEAD");
    const base = ["origin/main", "main"]
      .map((branch) => attempt(() => git("merge-base", "HEAD", branch)))
      .find(Boolean);
    const from = base === undefined || base === head ? git("rev-parse", "HEAD~1") : base;
    const untracked = git("ls-files", "--others", "--exclude-standard");
    return `${git("diff", "--name-only", from)}\n${untracked}`.split("\n").filter((path) => path !== "");
  } catch {
    return undefined;
  }
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

/** The folder of the package in which a path lies, as in `core` or `plugins/vault`. */
export function packageOf(path: string): string {
  return path
    .split("/")
    .slice(0, path.startsWith("plugins/") ? 2 : 1)
    .join("/");
}
