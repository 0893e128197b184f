/** The modules with the types of a package's options, as they would be generated of its schemas. */
import { readFileSync } from "node:fs";
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
  for (const { plugin, schema, file } of schemasOf(manifest)) {
    const reason = await schemaFault(schema);
    if (reason !== undefined) throw noSchema(manifest, reason);
    const inner = found.length === 0 ? "" : folderName(plugin);
    const text = await optionsModule(plugin, { json: schema, file }, valuesSchema, compile).catch(
      (thrown: unknown): never => {
        const remedy = "the words are those of json-schema-to-typescript: see what it takes";
        const why = thrown instanceof Error ? thrown.message : String(thrown);
        throw new MlflowAuthError("PLUGIN_MANIFEST", `no types can be made of ${file}: ${why}`, { remedy });
      },
    );
    found.push({ plugin, type: optionsTypeName(plugin), schema: file, file: optionsFile(inner), text });
  }
  return found;
}

/** The text that stands there now; undefined where there is none. The line ends of Windows, as Git may write them, count as ours. */
export function presentTypes(folder: string, { file }: GeneratedTypes): string | undefined {
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

function schemasOf(manifest: Manifest) {
  const found = new Map<string, { plugin: string; schema: Record<string, unknown>; file: string }>();
  for (const plugin of namesOf(manifest)) {
    const { schema, file } = checkSchema(manifest, plugin);
    if (file === undefined || found.has(file)) continue;
    found.set(file, { plugin, schema, file: relative(manifest.folder, file).split(sep).join("/") });
  }
  return found.values();
}

/** @throws MlflowAuthError `PLUGIN_MANIFEST` for a name that could lead elsewhere */
function folderName(plugin: string): string {
  if (/^[A-Za-z\d_][\w.-]*$/.test(plugin)) return plugin;
  throw new MlflowAuthError("PLUGIN_MANIFEST", "the name of the package's second plugin can't be that of a folder", {
    remedy: "name it with letters, digits, dots and hyphens",
  });
}
