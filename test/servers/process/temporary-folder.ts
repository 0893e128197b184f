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
  const path = mkdtempSync(join(realpathSync(tmpdir()), `mlflow-auth-${name}-`));
  removeAtEnd(path);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
