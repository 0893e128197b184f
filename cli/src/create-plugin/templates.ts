/**
 * The templates: working packages for a system that is called Acme, and the plugin `acme`. There are no placeholders; the name is
 * exchanged, wherever it stands in a file or in a file's name.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Kind } from "./kinds.js";
import type { PluginName } from "./name.js";

/** A folder of templates. */
export type Language = "typescript" | "javascript";

/** What those who pack or judge a package look for by name, in any of its folders, is called otherwise in ours. */
const renamed: Readonly<Record<string, string>> = {
  gitignore: ".gitignore",
  "yarnrc.yml": ".yarnrc.yml",
  "manifest.json": "package.json",
  "apache-2.0.txt": "LICENSE",
};

/** Texts by their path in the new package, with `/`. */
export type Texts = ReadonlyMap<string, string>;

/**
 * What all packages of a language have in common.
 *
 * @param folder that of the templates
 */
export function commonTexts(folder: string, language: Language, name: PluginName): Map<string, string> {
  return read(join(folder, language, "base"), name);
}

/** What a kind has beside that, or in its place: a package of this kind alone. */
export function textsOf(kind: Kind, folder: string, language: Language, name: PluginName): Map<string, string> {
  return read(join(folder, language, kind), name);
}

function read(folder: string, name: PluginName): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const path = relative(folder, file).split(sep).join("/");
      return [named(renamed[path] ?? path, name), named(readFileSync(file, "utf8"), name)];
    }),
  );
}

function named(text: string, { package: packageName, plugin, type, variable }: PluginName): string {
  return text
    .replaceAll("mlflow-auth-plugin-acme", () => packageName)
    .replaceAll("acme", plugin)
    .replaceAll("Acme", type)
    .replaceAll("ACME", variable);
}
