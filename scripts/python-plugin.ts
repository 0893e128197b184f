/** The Python package `mlflow-auth-NAME` of a plugin: what npm has of it, bundled with all that it imports, for there is no npm beside it. */
import { readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { build } from "esbuild";
import { REQUIRE } from "./bundle-builtins.ts";
import { licencesOf } from "./bundle-licences.ts";
import { namedExports } from "./bundle-plugins.ts";
import type { Distribution } from "./python-distribution.ts";
import { compatible, pythonVersion } from "./python-metadata.ts";
import type { PackedFile } from "./python-wheel.ts";

/** What of package.json says what the plugin is. Its dependencies are inside. */
const KEPT = ["name", "version", "description", "license", "type", "engines", "entry-points", "mlflow-auth-plugin"];

/**
 * @param root of the checkout
 * @param name of the plugin's folder
 */
export async function pluginDistribution(root: string, name: string): Promise<Distribution> {
  const folder = join(root, "plugins", name);
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const version = pythonVersion(manifest.version);
  const bundle = await bundled(folder, modulesOf(manifest));
  const kept = {
    ...Object.fromEntries(KEPT.filter((field) => field in manifest).map((field) => [field, manifest[field]])),
    // What pip can't keep from being installed beside another version of the command is told as with npm.
    peerDependencies: { "@mlflow-auth/core": `^${manifest.version}` },
  };
  const files = [
    text(
      "__init__.py",
      `"""The plugin ${name} of mlflow-auth, which is no Python: the command mlflow-auth finds it here."""\n`,
    ),
    text("package.json", `${JSON.stringify(kept, undefined, 2)}\n`),
    ...jsonFilesOf(manifest).map((path) => ({ path, bytes: readFileSync(join(folder, path)) })),
    ...bundle.files,
  ];
  return {
    metadata: {
      name: `mlflow-auth-${name}`,
      version,
      summary: manifest.description,
      keywords: manifest.keywords,
      requires: [`mlflow-auth${compatible(version)}`],
      description: describe(name, manifest.description),
    },
    files: files.map(({ path, bytes }) => ({ path: `mlflow_auth_${name}/${path}`, bytes })),
    licences: {
      LICENSE: readFileSync(join(root, "LICENSE"), "utf8"),
      ...(bundle.licences !== undefined && { "THIRD-PARTY-LICENSES.txt": bundle.licences }),
    },
  };
}

function describe(name: string, description: string): string {
  return `# mlflow-auth-${name}

${description}: a plugin of [mlflow-auth](https://pypi.org/project/mlflow-auth/). Install both with

    pip install "mlflow-auth[${name}]"

\`mlflow-auth init\` then writes a file that uses it, and \`mlflow-auth doctor\` says whether all is well.
`;
}

/** The modules of its entry points: all that anybody imports of a plugin. */
function modulesOf(manifest: Record<string, Record<string, Record<string, string>>>): string[] {
  const entries = Object.values(manifest["entry-points"] ?? {}).flatMap((names) => Object.values(names));
  return [...new Set(entries.map((entry) => entry.slice(0, entry.lastIndexOf(":"))))];
}

/** Of its schema and its variables, which are a file for all its plugins or one for each. */
function jsonFilesOf(manifest: Record<string, Record<string, unknown>>): string[] {
  const { configSchema, environment } = manifest["mlflow-auth-plugin"] ?? {};
  const named = [configSchema, environment].flatMap((value) =>
    typeof value === "object" && value !== null ? Object.values(value) : [value],
  );
  return [...new Set(named.filter((value) => typeof value === "string"))].map((path) => path.replace(/^\.\//, ""));
}

async function bundled(folder: string, modules: readonly string[]) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: folder,
    entryPoints: [...modules],
    outdir: folder,
    outbase: folder,
    // What is only loaded for one of its logins stays a file of its own.
    splitting: true,
    chunkNames: "dist/[name]-[hash]",
    allowOverwrite: true,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node22.19",
    plugins: [namedExports(/^[^./]/)],
    // As Node resolves, and so with one copy of each module: esbuild alone prefers what packages have for bundlers.
    conditions: [],
    banner: { js: REQUIRE },
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "warning",
  });
  const files: PackedFile[] = outputFiles.map(({ path, contents }) => ({
    path: relative(folder, path),
    bytes: Buffer.from(contents),
  }));
  const inputs = Object.keys(metafile.inputs)
    .filter((path) => !path.includes(":"))
    .map((path) => resolve(folder, path));
  const isAlone = !inputs.some((path) => path.includes("node_modules"));
  return { files, licences: isAlone ? undefined : licencesOf(inputs, "This plugin") };
}

function text(path: string, content: string): PackedFile {
  return { path, bytes: Buffer.from(content) };
}
