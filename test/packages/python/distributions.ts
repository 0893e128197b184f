/** The Python packages as they would be published, made anew of what is built. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
// For its effect: the command's bundle is up to date.
import "../../built-command.ts";
import { buildPython } from "../../../scripts/build-python.ts";
import { removeAtEnd } from "../../servers/process/lifeline.ts";

let made: Promise<string> | undefined;

/** Once for this process. @returns a folder of wheels and archives of sources, for `--find-links`, which goes with it */
export function distributions(): Promise<string> {
  made ??= make();
  return made;
}

async function make(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "mlflow-auth-dist-"));
  removeAtEnd(folder);
  await buildPython(folder);
  return folder;
}
