/** The schema that is kept beside the file, so that editors complete and check it, third-party plugins included. */
import { randomUUID } from "node:crypto";
import { lstatSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MlflowAuthError, readSmallTextSync } from "@mlflow-auth/core/internal/config";

/** Of a schema that is there already: a larger one is written anew. */
const MAX_BYTES = 16 * 1024 * 1024;

/** The name of the file, in the folder of the configuration. */
export const SCHEMA_FILE = ".mlflow-auth.schema.json";

/** The comment by which editors that use yaml-language-server find it, without the `#`. */
export const SCHEMA_COMMENT = ` yaml-language-server: $schema=${SCHEMA_FILE}`;

/** The schema as it is written: JSON, two spaces, a line break at the end. */
export function schemaText(schema: object): string {
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

/**
 * Writes the schema into a folder unless it is there already. Another reader sees the old one or the new one, never a part.
 *
 * @throws MlflowAuthError `USAGE` if it can't be written
 */
export function writeSchema(folder: string, schema: object): { file: string; changed: boolean } {
  const file = join(folder, SCHEMA_FILE);
  const text = schemaText(schema);
  const temporary = join(folder, `${SCHEMA_FILE}.${randomUUID()}`);
  try {
    if (textOf(file) === text) return { file, changed: false };
    writeFileSync(temporary, text, { flag: "wx", mode: 0o644 });
    renameSync(temporary, file);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    const { code } = thrown as NodeJS.ErrnoException;
    throw new MlflowAuthError("USAGE", `${file} can't be written (${code})`, {
      remedy: "check that you may write in that folder, or print the schema with `mlflow-auth schema`",
    });
  }
  return { file, changed: true };
}

/** Whether a file names its schema, in a comment or, in JSON, by `$schema`. */
export function namesSchema(text: string, json: boolean): boolean {
  return json ? /"\$schema"\s*:/.test(text) : /^#\s*yaml-language-server:\s*\$schema=\S/m.test(text);
}

/** Of a regular file; a link is replaced by one, for it may lead to somebody else's. */
function textOf(file: string): string | undefined {
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const read = readSmallTextSync(file, MAX_BYTES);
  return "text" in read ? read.text : undefined;
}
