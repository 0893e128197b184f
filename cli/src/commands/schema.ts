import { dirname } from "node:path";
import { MlflowAuthError } from "@mlflow-auth/core/internal/config";
import { exit } from "../exit-codes.js";
import { installedSchema } from "../installed/compose-schema.js";
import { fileInstances, findOptionsOf, rootOptionsOf } from "../installed/file-instances.js";
import { print, writeOut } from "../print.js";
import { namesSchema, SCHEMA_COMMENT, SCHEMA_FILE, schemaText, writeSchema } from "../schema-file.js";
import { fileName } from "../where-from.js";

/** As commander gives them. */
export interface SchemaOptions {
  readonly config?: string;
  readonly write?: boolean;
}

/** Prints the schema of the file with the plugins that are installed, or keeps it beside the file. Imports no plugin. */
export async function schema({ config: configFile, write }: SchemaOptions): Promise<number> {
  const where = findOptionsOf(configFile);
  const file = await fileInstances(where);
  const composed = installedSchema(rootOptionsOf(file, where));
  if (!write) {
    writeOut(schemaText(composed));
    return exit.fine;
  }
  const { found } = file;
  if (found === undefined) {
    throw (
      file.fault ??
      new MlflowAuthError("CONFIG_NOT_FOUND", "there is no mlflow-auth.yaml beside which the schema could be kept", {
        remedy: "write one with `mlflow-auth init`, or print the schema without --write",
      })
    );
  }
  const written = writeSchema(dirname(found.file), composed);
  print(`${fileName(written.file)} ${written.changed ? "is written" : "is up to date already"}`);
  if (!namesSchema(found.text, found.json)) console.error(hint(fileName(found.file), found));
  return exit.fine;
}

function hint(name: string, { json, key }: { json: boolean; key?: string }): string {
  if (key !== undefined) return `mlflow-auth: editors can't use it for ${name}, which has a schema of its own`;
  const line = json ? `"$schema": "./${SCHEMA_FILE}",` : `#${SCHEMA_COMMENT}`;
  return `mlflow-auth: ${name} does not name it yet, so editors won't use it\n  Try this: make this its first ${json ? "member" : "line"}: ${line}`;
}
