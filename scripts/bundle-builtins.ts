/**
 * Node's own modules in the bundle are asked for by name and not imported. An `import` reads every export of theirs, and so loads what
 * Node leaves for later: streams with `node:fs`, its own undici with `node:http`. That takes about 15 ms of a start.
 */
import type { BuildResult } from "esbuild";

/** For CommonJS in the bundle, which asks by `require`: a module does not have that. Only Node's own modules are left to ask for. */
export const REQUIRE = `const require = (name) => {
  const builtin = process.getBuiltinModule(name);
  if (builtin === undefined) throw new Error("the bundle holds no module " + name);
  return builtin;
};`;

/** As esbuild writes them: a default, names in braces, or both; or all of it as one object. */
const IMPORT = /^import (?:([\w$]+)(?:, )?)?(?:\* as ([\w$]+)|\{([^}]*)\})? ?from "(node:[\w/]+)";$/gm;

/**
 * The text of a bundled file without imports of Node's modules.
 *
 * @param imported how many of them esbuild says there are
 * @throws Error where another number was found: the pattern above does not know how this esbuild writes them
 */
export function withoutBuiltinImports(text: string, imported: number, file: string): string {
  let found = 0;
  const changed = text.replaceAll(IMPORT, (_statement, whole, namespace, names, module) => {
    found++;
    const builtin = `process.getBuiltinModule("${module}")`;
    const constants = [whole, namespace, names && `{${names.replaceAll(" as ", ": ")}}`].filter(Boolean);
    return constants.map((constant) => `const ${constant} = ${builtin};`).join(" ");
  });
  if (found !== imported) throw new Error(`${file} imports ${imported} of Node's modules, and ${found} were found`);
  return changed;
}

/** How many of Node's modules a bundled file imports, by what esbuild says of it. */
export function builtinImports({ outputs }: NonNullable<BuildResult["metafile"]>, path: string): number {
  const imports = outputs[path]?.imports ?? [];
  return imports.filter(({ path: module, kind }) => kind === "import-statement" && module.startsWith("node:")).length;
}
