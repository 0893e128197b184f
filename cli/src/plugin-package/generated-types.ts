/** The modules with the types of a package's options, as they would be generated of its schemas. */
import { readFileSync, realpathSync } from "node:fs";
import { join, relative, sep } from "node:path";
import {
  checkSchema,
  type Manifest,
  MlflowAuthError,
  namesOf,
  noSchema,
  schemaFault,
  valuesSchema,
} from "@mlflow-auth/core/internal/config";
import { type CompileTypes, GENERATED, optionsFile, optionsModule, optionsTypeName } from "./option-types.js";

/** One module of them. */
export interface GeneratedTypes {
  /** The plugin whose options they are: the first of those that share a schema. */
  readonly plugin: string;
  /** The name of the type that the module exports. */
  readonly type: string;
  /** Below the package's folder, with `/`: `config.schema.json`. */
  readonly schema: string;
  /** Where the module belongs, likewise: `src/generated/options.ts`. */
  readonly file: string;
  readonly text: string;
}

/**
 * The types of a package that need not be built: of its first schema in `src/generated`, of each other in a folder of its plugin's name.
 *
 * @returns none for plugins that take no options
 * @throws MlflowAuthError `PLUGIN_MANIFEST` for a schema that core could not use, or of which no types can be made
 */
export async function generateTypes(manifest: Manifest, compile: CompileTypes): Promise<GeneratedTypes[]> {
  const found: GeneratedTypes[] = [];
  for (const { json, ...planned } of plannedTypes(manifest)) {
    const reason = await schemaFault(json);
    if (reason !== undefined) throw noSchema(manifest, reason);
    const { plugin, schema } = planned;
    const text = await optionsModule(plugin, { json, file: schema }, valuesSchema, compile).catch(
      (thrown: unknown): never => {
        const remedy = "the words are those of json-schema-to-typescript: see what it takes";
        const why = thrown instanceof Error ? thrown.message : String(thrown);
        throw new MlflowAuthError("PLUGIN_MANIFEST", `no types can be made of ${schema}: ${why}`, { remedy });
      },
    );
    found.push({ ...planned, text });
  }
  return found;
}

/** A module of them before its text is made, with the schema as an object. */
export type PlannedTypes = Omit<GeneratedTypes, "text"> & { readonly json: Record<string, unknown> };

/** @throws MlflowAuthError `PLUGIN_MANIFEST` */
export function plannedTypes(manifest: Manifest): PlannedTypes[] {
  const schemas = new Map<string, Pick<PlannedTypes, "plugin" | "schema" | "json">>();
  for (const plugin of namesOf(manifest)) {
    const { schema: json, file, isInManifest } = checkSchema(manifest, plugin);
    if (file === undefined && !isInManifest) continue;
    const schema = file === undefined ? "package.json" : relative(realpathSync(manifest.folder), file);
    const key = file ?? plugin;
    if (!schemas.has(key)) schemas.set(key, { plugin, schema: schema.split(sep).join("/"), json });
  }
  return [...schemas.values()].map((one, index) => ({
    ...one,
    type: optionsTypeName(one.plugin),
    file: optionsFile(index === 0 ? "" : folderName(one.plugin)),
  }));
}

/** The text that stands there now; undefined where there is none. The line ends of Windows, as Git may write them, count as ours. */
export function presentTypes(folder: string, { file }: Pick<GeneratedTypes, "file">): string | undefined {
  try {
    return readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n");
  } catch {
    return undefined;
  }
}

/** Whether a text is one that was generated, now or by an earlier release: what somebody wrote is not overwritten. */
export function isGenerated(text: string): boolean {
  return text.startsWith(GENERATED);
}

/** @throws MlflowAuthError `PLUGIN_MANIFEST` for a name that could lead elsewhere */
function folderName(plugin: string): string {
  if (/^[A-Za-z\d_][\w.-]*$/.test(plugin)) return plugin;
  throw new MlflowAuthError("PLUGIN_MANIFEST", "the name of the package's second plugin can't be that of a folder", {
    remedy: "name it with letters, digits, dots and hyphens",
  });
}
