/** The packages of a clone of this repository, packed as they would be published: for as long as no registry has them. */
import { createHash } from "node:crypto";
import { existsSync, globSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { MlflowAuthError } from "@mlflow-auth/core/internal/config";
import { makeTarball, type PackedFile } from "./tarball.js";

/** The folders of packages that a plugin is built and tried with, by name. */
const folders: Readonly<Record<string, string>> = {
  "@mlflow-auth/core": "core",
  "@mlflow-auth/mlflow-stub": "stub",
  "@mlflow-auth/schema": "schema",
  "mlflow-auth": "cli",
};

/** The clone that the command is part of; undefined where it was installed. @param own the folder of the command's package */
export function cloneOf(own: string): string | undefined {
  const clone = join(own, "..");
  const core = join(clone, "core", "package.json");
  if (!existsSync(join(clone, "pnpm-workspace.yaml")) || !existsSync(core)) return undefined;
  return JSON.parse(readFileSync(core, "utf8")).name === "@mlflow-auth/core" ? clone : undefined;
}

/** A packed package. */
export interface Tarball {
  readonly package: string;
  /** With a part that changes with its contents: package managers keep a file by its name. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

/**
 * Packs packages of the clone, and those of the clone that they depend on.
 *
 * @throws MlflowAuthError `USAGE` where it is not built
 */
export function packFrom(clone: string, names: readonly string[]): Tarball[] {
  const wanted = new Set(names);
  const packed: Tarball[] = [];
  for (const name of wanted) {
    const folder = join(clone, folders[name] as string);
    const {
      devDependencies: _,
      scripts: __,
      ...manifest
    } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    for (const need of Object.keys(manifest.dependencies ?? {})) {
      if (!Object.hasOwn(folders, need)) continue;
      // In place of `workspace:`: all of them have one version.
      manifest.dependencies[need] = manifest.version;
      wanted.add(need);
    }
    const text = Buffer.from(JSON.stringify(manifest, undefined, 2));
    const files = publishedFiles(folder, manifest);
    if (files === undefined) throw notBuilt(clone);
    const bytes = makeTarball([{ path: "package.json", bytes: text, runs: false }, ...files]);
    const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 8);
    const file = `${name.replace("@", "").replace("/", "-")}-${manifest.version}-${digest}.tgz`;
    packed.push({ package: name, file, bytes });
  }
  return packed;
}

/** The files that `files` of package.json names, beside that itself; undefined where one of the entries has none. */
function publishedFiles(
  folder: string,
  { files, bin = {} }: { readonly files: readonly string[]; readonly bin?: Readonly<Record<string, string>> },
): PackedFile[] | undefined {
  const entries = files.filter((entry) => !entry.startsWith("!")).map((entry) => filesOf(folder, entry));
  if (entries.some((found) => found.length === 0)) return undefined;
  const programs = Object.values(bin).map((path) => path.replace(/^\.\//, ""));
  const paths = entries.flat().filter((path) => !files.includes(`!${path}`));
  return paths.sort().map((path) => {
    return { path, bytes: readFileSync(join(folder, path)), runs: programs.includes(path) };
  });
}

function filesOf(folder: string, entry: string): string[] {
  const found = globSync(entry, { cwd: folder });
  return found.flatMap((path) => {
    if (statSync(join(folder, path)).isFile()) return [path];
    const below = readdirSync(join(folder, path), { recursive: true, withFileTypes: true });
    return below
      .filter((one) => one.isFile())
      .map((one) =>
        join(one.parentPath, one.name)
          .slice(folder.length + 1)
          .split(sep)
          .join("/"),
      );
  });
}

function notBuilt(clone: string): MlflowAuthError {
  return new MlflowAuthError("USAGE", "the clone that mlflow-auth was started from is not built", {
    remedy: `npm --prefix ${clone} run build`,
  });
}
