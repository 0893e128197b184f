/** Where a command's program is. */
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, resolve } from "node:path";

/** A program, or why there is none that can be run. */
export type FoundProgram =
  | { readonly file: string }
  | { readonly reason: "missing" }
  | { readonly reason: "not-executable"; readonly file: string };

/**
 * A name is looked for on the PATH alone, and there in absolute folders alone: never where somebody else may have left a program of that
 * name. With a slash it is a path.
 *
 * @param folder what a relative path begins at
 * @param path the variable PATH
 */
export async function findProgram(name: string, folder: string, path: string | undefined): Promise<FoundProgram> {
  const folders = (path ?? "").split(delimiter).filter(isAbsolute);
  const candidates = /[\\/]/.test(name) ? [resolve(folder, name)] : folders.map((one) => join(one, name));
  let last: FoundProgram = { reason: "missing" };
  for (const file of candidates) {
    const state = await stateOf(file);
    if (state === "executable") return { file };
    if (state === "not-executable") last = { reason: state, file };
  }
  return last;
}

async function stateOf(file: string): Promise<"executable" | "not-executable" | "missing"> {
  try {
    if (!(await stat(file)).isFile()) return "missing";
  } catch {
    return "missing";
  }
  return await access(file, constants.X_OK).then(
    () => "executable" as const,
    () => "not-executable" as const,
  );
}
