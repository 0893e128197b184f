/** A folder that is there as a whole or not at all, and never one that was there before. */
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { MlflowAuthError } from "@mlflow-auth/core/internal/config";
import { fileName } from "../where-from.js";

/** Why a folder can't be made, or undefined: an empty one may be there. @param folder absolute */
export function refusalOf(folder: string): MlflowAuthError | undefined {
  try {
    const there = lstatSync(folder, { throwIfNoEntry: false });
    if (there === undefined || (there.isDirectory() && readdirSync(folder).length === 0)) return undefined;
    return alreadyThere(folder);
  } catch (thrown) {
    return cantWrite(folder, thrown);
  }
}

/**
 * Writes files into a new folder: into one beside it first, which then takes its name. For their owner alone to change, whatever the
 * umask: mlflow-auth uses no package that others may write.
 *
 * @param folder absolute; its parent is there
 * @param files what each holds, by its path with `/`
 * @throws MlflowAuthError `USAGE` if it is there by now and not empty, or can't be written; nothing is left then
 */
export function writeFolder(folder: string, files: ReadonlyMap<string, string | Uint8Array>): void {
  let beside: string | undefined;
  try {
    beside = mkdtempSync(join(dirname(folder), `.${basename(folder)}-`));
    const whole = join(beside, basename(folder));
    mkdirSync(whole, { mode: 0o755 });
    for (const [path, contents] of files) {
      const file = join(whole, path);
      mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
      writeFileSync(file, contents, { flag: "wx", mode: 0o644 });
    }
    renameSync(whole, folder);
  } catch (thrown) {
    const { code = "", syscall } = thrown as NodeJS.ErrnoException;
    // It was made meanwhile.
    if (syscall === "rename" && ["ENOTEMPTY", "EEXIST", "ENOTDIR"].includes(code)) throw alreadyThere(folder);
    throw cantWrite(folder, thrown);
  } finally {
    if (beside !== undefined) rmSync(beside, { recursive: true, force: true });
  }
}

function alreadyThere(folder: string): MlflowAuthError {
  return new MlflowAuthError("USAGE", `${fileName(folder)} is there already, and create-plugin overwrites nothing`, {
    remedy: "take another name or another folder to start from, or remove what is there",
  });
}

function cantWrite(folder: string, thrown: unknown): MlflowAuthError {
  const { code = "unknown reason" } = thrown as NodeJS.ErrnoException;
  return new MlflowAuthError("USAGE", `${fileName(folder)} can't be written (${code})`, {
    remedy: "check that you may write in the working directory, and that there is room",
  });
}
