import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeAtEnd } from "./lifeline.ts";

/** A folder that somebody must remove. */
export interface TemporaryFolder {
  readonly path: string;
  remove(): void;
}

/** Makes an empty folder for one server, which only this user can read. It never outlives this process. */
export function temporaryFolder(name: string): TemporaryFolder {
  return folderIn(tmpdir(), name);
}

/** The same for Unix sockets, whose paths have 104 bytes at most. */
export function socketFolder(name: string): TemporaryFolder {
  return folderIn("/tmp", name);
}

function folderIn(parent: string, name: string): TemporaryFolder {
  const path = mkdtempSync(join(realpathSync(parent), `mlflow-auth-${name}-`));
  removeAtEnd(path);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
