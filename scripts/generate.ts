/**
 * Writes what is generated. From the JSON Schemas come the types and the validator of the file's core schema, the option types of each
 * plugin, and docs/configuration.md; from the table of error codes comes docs/errors.md, and from the list of identity headers
 * docs/client-headers.md; from core's package.json its version. The results are committed, so that nothing has to be generated before a
 * build.
 *
 *   npm run generate          writes them
 *   npm run check:generated   exits 1 and lists the files that differ
 */
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "json-schema-to-typescript";
import { fileType, optionsFile, optionsModule } from "../cli/src/plugin-package/option-types.ts";
import { generateClientHeaders } from "../schema/generate/client-headers.ts";
import { generateErrorReference } from "../schema/generate/error-reference.ts";
import { generateReference, type PluginReference } from "../schema/generate/reference.ts";
import { generateValidator } from "../schema/generate/validator.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const check = process.argv.includes("--check");
const banner = (source: string) =>
  `// Generated from ${source} by scripts/generate.ts. Don't edit: run \`npm run generate\`.\n`;

function readJson(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(root, file), "utf8")) as Record<string, unknown>;
}

/** A constant, for to read the package.json would cost every start. */
function coreVersion(version: string): string {
  const docstring = "/** The version of the core that runs. All packages of this project share it. */";
  return `${banner("core/package.json")}${docstring}\nexport const coreVersion: string = ${JSON.stringify(version)};\n`;
}

async function generate(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const config = readJson("schema/config.schema.json");
  const values = readJson("schema/values.schema.json");
  const source = banner("schema/config.schema.json");
  files.set("schema/src/generated/config-file.ts", source + (await fileType(config, compile)));
  files.set("schema/src/generated/validate-config.ts", source + generateValidator(config, values));
  files.set(
    "schema/src/generated/schemas.ts",
    `${banner("schema/*.schema.json")}
export const configSchema: Record<string, unknown> = ${JSON.stringify(config, null, 2)};

export const valuesSchema: Record<string, unknown> = ${JSON.stringify(values, null, 2)};
`,
  );
  files.set("core/src/generated/core-version.ts", coreVersion(String(readJson("core/package.json")["version"])));
  const plugins: PluginReference[] = [];
  // A second plugin of a package has its files in a folder of its name.
  const schemas = globSync("plugins/*/{,*/}config.schema.json", { cwd: root, exclude: ["**/node_modules"] });
  for (const schema of schemas.sort()) {
    const [, folder, name = folder] = schema.split("/").slice(0, -1) as [string, string, string?];
    const inner = name === folder ? "" : name;
    const json = readJson(schema);
    const packageName = String(readJson(join("plugins", folder, "package.json"))["name"]);
    plugins.push({ name, packageName, schema: json });
    const file = [...(inner === "" ? [] : [inner]), "config.schema.json"].join("/");
    files.set(join("plugins", folder, optionsFile(inner)), await optionsModule(name, { json, file }, values, compile));
  }
  const comment =
    "<!-- Generated from the JSON Schemas by scripts/generate.ts. Don't edit: run `npm run generate`. -->\n\n";
  files.set("docs/configuration.md", comment + generateReference(config, values, plugins));
  files.set(
    "docs/errors.md",
    comment.replace("the JSON Schemas", "the table of error codes") + generateErrorReference(),
  );
  files.set(
    "docs/client-headers.md",
    comment.replace("the JSON Schemas", "core/src/http/identity-headers.ts") + generateClientHeaders(),
  );
  return files;
}

function current(file: string): string | undefined {
  try {
    return readFileSync(join(root, file), "utf8");
  } catch {
    return undefined;
  }
}

const stale = [...(await generate())].filter(([file, text]) => current(file) !== text);
if (check) {
  for (const [file] of stale) console.error(`${file} differs from what it is generated from`);
  if (stale.length > 0) console.error("Run `npm run generate`.");
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [file, text] of stale) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
    console.log(file);
  }
}
