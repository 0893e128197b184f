/**
 * Bundles the command into cli/bundle: a few files in place of some hundred, which is most of what its start takes. Every command
 * stays a file of its own, loaded when it runs. What cli/package.json has under `dependencies` is left outside; all else is
 * put in, and its licences go into a file beside it.
 */
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type OutputFile } from "esbuild";
import { bridgeSources, packBridge } from "./bridge-wheel.ts";
import { builtinImports, REQUIRE, withoutBuiltinImports } from "./bundle-builtins.ts";
import { licencesOf } from "./bundle-licences.ts";
import { namedExports, partsOfUndici, withoutYamlOfCosmiconfig } from "./bundle-plugins.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const cli = join(root, "cli");
const folder = join(cli, "bundle");
const licences = join(folder, "THIRD-PARTY-LICENSES.txt");
/** What the bundle was made of, and when: a {@link Stamp}. */
const STAMP = "cli/bundle/.inputs.json";

/** Scripts by which it is made. */
const MAKERS = ["bundle", "bundle-builtins", "bundle-licences", "bundle-plugins", "bridge-wheel", "python-wheel"];

interface Stamp {
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** From the root of the checkout, so that a copy of it, with its times, is as fresh as the original. */
  readonly sources: readonly string[];
  /** Names within the folder of the bundle. */
  readonly files: readonly string[];
}

/** Makes the bundle. Another process may run the old one meanwhile, or make the same: files that it may still load stay. */
export async function bundleCommand(): Promise<void> {
  const { dependencies } = JSON.parse(readFileSync(join(cli, "package.json"), "utf8"));
  // Before anything is read: what changes meanwhile makes the bundle stale.
  const startedAt = Date.now();
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join(cli, "dist", "start.js")],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22.19",
    external: Object.keys(dependencies),
    // As Node builds undici for itself: with its one parser, and without the experimental other.
    define: { esbuildDetection: "1" },
    banner: { js: REQUIRE },
    plugins: [
      namedExports(/^(ajv|yaml|cosmiconfig\/dist\/Explorer\.js)$/),
      withoutYamlOfCosmiconfig,
      partsOfUndici(cli),
    ],
    legalComments: "eof",
    metafile: true,
    write: false,
    logLevel: "warning",
  });
  await mkdir(folder, { recursive: true });
  const isEntry = ({ path }: OutputFile) => path === join(folder, "start.js");
  const inOrder = [...outputFiles].sort((a, b) => Number(isEntry(a)) - Number(isEntry(b)));
  for (const { path, text } of inOrder) {
    const name = relative(root, path);
    replace(path, withoutBuiltinImports(text, builtinImports(metafile, name), name));
  }
  packBridge(root);
  const inputs = Object.keys(metafile.inputs)
    .filter((path) => !path.includes(":"))
    .map((path) => resolve(root, path));
  replace(licences, licencesOf(inputs));
  const makers = MAKERS.map((name) => join("scripts", `${name}.ts`));
  const sources = [
    ...inputs.map((path) => relative(root, path)),
    ...bridgeSources(root),
    "cli/package.json",
    ...makers,
  ];
  const files = outputFiles.map(({ path }) => relative(folder, path));
  replace(join(root, STAMP), JSON.stringify({ startedAt, sources, files } satisfies Stamp));
}

/**
 * Whether nothing that the bundle is made of has changed since.
 *
 * @param checkout default: this one
 */
export function isBundleFresh(checkout = root): boolean {
  try {
    const { startedAt, sources } = readStamp(checkout);
    // A module that is new changes nothing that there was.
    return [...sources, ...bridgeSources(checkout)].every(
      (path) => statSync(join(checkout, path)).mtimeMs <= startedAt,
    );
  } catch {
    return false;
  }
}

/** The files that the bundle was made of, from the root of the checkout. */
export function bundleInputs(): readonly string[] {
  return readStamp().sources;
}

function readStamp(checkout = root): Stamp {
  return JSON.parse(readFileSync(join(checkout, STAMP), "utf8")) as Stamp;
}

/** Removes what earlier bundles left. */
function removeLeftovers(): void {
  const kept = new Set(readStamp().files.concat(relative(folder, licences)));
  for (const name of readdirSync(folder)) {
    // One that begins with a dot is the stamp, or what another process is writing.
    if (!name.startsWith(".") && !kept.has(name)) rmSync(join(folder, name));
  }
}

function replace(path: string, contents: string | Uint8Array): void {
  const temporary = join(dirname(path), `.${process.pid}.tmp`);
  writeFileSync(temporary, contents);
  renameSync(temporary, path);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!isBundleFresh()) await bundleCommand();
  removeLeftovers();
}
