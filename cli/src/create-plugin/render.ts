/** All files of a new plugin's package, before any is written. */
import { type Kind, kinds } from "./kinds.js";
import { manifestOf, ownDependencies, pnpmOverrides } from "./manifest.js";
import type { PluginName } from "./name.js";
import type { OwnPackages } from "./own-packages.js";
import { commonTexts, type Language, textsOf } from "./templates.js";

/** What is asked for, or chosen on the command line. */
export interface Wanted {
  readonly name: PluginName;
  /** One at least, and each module once: see `kindsOf`. */
  readonly kinds: readonly Kind[];
  readonly language: Language;
}

/** Where a language has its first module, and how package.json names it. */
const sources: Readonly<Record<Language, { readonly index: string; readonly main: string }>> = {
  typescript: { index: "src/index.ts", main: "./dist/index.js" },
  javascript: { index: "index.js", main: "./index.js" },
};

/**
 * @param templates the folder that holds them
 * @param take gives the packages of mlflow-auth that are named
 * @returns what each file holds, by its path in the package
 */
export function render(
  { name, kinds: given, language }: Wanted,
  templates: string,
  take: (names: readonly string[]) => OwnPackages,
): { files: Map<string, string | Uint8Array>; own: OwnPackages } {
  const files = new Map<string, string | Uint8Array>(commonTexts(templates, language, name));
  const { index, main } = sources[language];
  for (const kind of given) {
    for (const [path, text] of textsOf(kind, templates, language, name)) {
      files.set(path === index && given.length > 1 ? index.replace("index", kinds[kind].module) : path, text);
    }
  }
  if (given.length > 1) files.set(index, indexOf(given));
  const template = files.get("package.json") as string;
  const own = take(ownDependencies(template));
  files.set("package.json", manifestOf(template, name, given, own, main));
  const overrides = pnpmOverrides(own);
  if (overrides !== undefined) files.set("pnpm-workspace.yaml", overrides);
  for (const [path, bytes] of own.files) files.set(path, bytes);
  return { files, own };
}

/** The module that package.json names, where each kind has one of its own. */
function indexOf(given: readonly Kind[]): string {
  return given.map((kind) => `export { ${kinds[kind].factory} } from "./${kinds[kind].module}.js";\n`).join("");
}
