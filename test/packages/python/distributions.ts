/** The Python packages as they would be published, made anew of what is built. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
// For its effect: the command's bundle is up to date.
import "../../built-command.ts";
import { buildPython } from "../../../scripts/build-python.ts";
import { removeAtEnd } from "../../servers/process/lifeline.ts";

/** @returns a folder of wheels and archives of sources, for `--find-links`, which goes with this process */
export async function distributions(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "mlflow-auth-dist-"));
  removeAtEnd(folder);
  await buildPython(folder);
  return folder;
}
