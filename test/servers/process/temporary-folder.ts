import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeAtEnd } from "./lifeline.ts";

export interface TemporaryFolder {
  readonly path: string;
  remove(): void;
}

/** An empty folder for one server, readable by this user alone; it never outlives this process. */
export function temporaryFolder(name: string): TemporaryFolder {
  const path = mkdtempSync(join(realpathSync(tmpdir()), `mlflow-auth-${name}-`));
  removeAtEnd(path);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
