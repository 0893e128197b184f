/** json-schema-to-typescript as the plugin's own package has it: with what it needs it is larger than all of this program. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { MlflowAuthError, printable, thrownKind } from "@mlflow-auth/core/internal/config";
import type { CompileTypes } from "./option-types.js";

const NAME = "json-schema-to-typescript";
/** Its major version: another may print the same type in another form. */
const MAJOR = 16;

/**
 * Runs code of that package, from where the plugin's package would import it.
 *
 * @param folder of the plugin's package
 * @throws MlflowAuthError `USAGE` where it is not installed, or in another version
 */
export async function loadTypeCompiler(folder: string): Promise<CompileTypes> {
  const require = createRequire(join(folder, "package.json"));
  let module: string;
  try {
    module = require.resolve(NAME);
  } catch {
    throw missing(`${NAME}, which makes the types, is not installed for ${printable(folder)}`);
  }
  const version = versionAbove(module);
  if (version?.split(".")[0] !== String(MAJOR)) {
    throw missing(
      `${NAME} ${printable(version ?? "of an unknown version")} is installed for ${printable(folder)}, and version ${MAJOR} is needed`,
    );
  }
  try {
    const { compile } = (await import(pathToFileURL(module).href)) as { compile: CompileTypes };
    return compile;
  } catch (thrown) {
    throw missing(`${NAME} of ${printable(folder)} can't be imported (${thrownKind(thrown)})`);
  }
}

function missing(message: string): MlflowAuthError {
  return new MlflowAuthError("USAGE", message, { remedy: `npm install --save-dev ${NAME}@^${MAJOR}.0.0` });
}

/** What the nearest package.json of that name says, from a module upwards: `exports` need not offer it. */
function versionAbove(module: string): string | undefined {
  for (let folder = dirname(module); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      if (name === NAME) return String(version);
    } catch {
      // There is none, or none of a package: go on.
    }
  }
  return undefined;
}
