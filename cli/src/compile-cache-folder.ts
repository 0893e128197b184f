/**
 * Where Node may keep what it has compiled of the command and of plugins. It trusts what it finds there as it trusts the sources, so
 * nobody else may be able to write there.
 */
import { lstatSync, mkdirSync, type Stats, statSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { trustProblem } from "@mlflow-auth/core/internal/trust";

/**
 * The folder `mlflow-auth/compiled` in the user's own folder of caches (`XDG_CACHE_HOME`, else `~/.cache`, on macOS `~/Library/Caches`),
 * made if it is not there yet.
 *
 * @returns undefined where there is none, as in most containers: nothing would be left there for a second start; where somebody else may
 *   write it; and on Windows, where that can't be judged
 */
export function compileCacheFolder(env: Readonly<Record<string, string | undefined>>): string | undefined {
  if (process.getuid === undefined) return undefined;
  try {
    const { XDG_CACHE_HOME: named = "" } = env;
    const usual = process.platform === "darwin" ? "Library/Caches" : ".cache";
    const caches = isAbsolute(named) ? named : join(homedir(), usual);
    // It is often a link to another disk. Who may write there could exchange the folder in it, whoever that one belongs to.
    if (!isOwn(statSync(caches))) return undefined;
    const parent = join(caches, "mlflow-auth");
    const folder = join(parent, "compiled");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return isOwn(lstatSync(parent)) && isOwn(lstatSync(folder)) ? folder : undefined;
  } catch {
    // No home, a full or read-only disk, a file of that name: the command starts as it does without a cache.
    return undefined;
  }
}

function isOwn(stats: Stats): boolean {
  return stats.isDirectory() && trustProblem(stats) === undefined;
}
