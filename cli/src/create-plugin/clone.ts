/** The packages of a clone of this repository, packed as they would be published: for as long as no registry has them. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MlflowAuthError } from "@mlflow-auth/core/internal/config";

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
  return existsSync(join(clone, "pnpm-workspace.yaml")) && nameIn(join(clone, "core")) === "@mlflow-auth/core"
    ? clone
    : undefined;
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
 * @throws MlflowAuthError `USAGE` where it is not built, or npm is missing
 */
export function packFrom(clone: string, names: readonly string[]): Tarball[] {
  const stage = mkdtempSync(join(tmpdir(), "mlflow-auth-clone-"));
  try {
    const wanted = new Set(names);
    const staged: Staged[] = [];
    for (const name of wanted) {
      const folder = folders[name] as string;
      const made = stagePackage(join(clone, folder), join(stage, folder));
      staged.push(made);
      for (const need of made.needs) wanted.add(need);
    }
    npmPack(
      stage,
      staged.map(({ folder }) => folder),
    );
    return staged.map(({ name, version }) => {
      // As npm names them.
      const file = `${name.replace("@", "").replace("/", "-")}-${version}`;
      const bytes = readFileSync(join(stage, `${file}.tgz`));
      const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 8);
      return { package: name, file: `${file}-${digest}.tgz`, bytes };
    });
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** A package as it is published, ready to be packed. */
interface Staged {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
  /** Those of {@link folders} that it depends on. */
  readonly needs: readonly string[];
}

/** Copies what is published of a package, with the versions in place of `workspace:`. */
function stagePackage(from: string, to: string): Staged {
  const { devDependencies: _, scripts: __, ...manifest } = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
  const needs = Object.keys(manifest.dependencies ?? {}).filter((name) => Object.hasOwn(folders, name));
  for (const name of needs) manifest.dependencies[name] = manifest.version;
  const literal = (manifest.files as string[]).filter((entry) => !/[!*]/.test(entry));
  if (!literal.every((entry) => existsSync(join(from, entry)))) throw notBuilt(join(from, ".."));
  // What of the rest is published is npm's to say.
  const left = ["node_modules", "src", "test"].map((name) => join(from, name));
  cpSync(from, to, { recursive: true, filter: (path) => !left.includes(path) });
  writeFileSync(join(to, "package.json"), JSON.stringify(manifest));
  return { name: manifest.name, version: manifest.version, folder: to, needs };
}

function npmPack(destination: string, packages: readonly string[]): void {
  const args = ["pack", "--silent", "--ignore-scripts", "--offline", "--pack-destination", destination, ...packages];
  try {
    execFileSync("npm", args, { cwd: destination, stdio: ["ignore", "ignore", "ignore"] });
  } catch (thrown) {
    const { code, status } = thrown as NodeJS.ErrnoException & { status?: number };
    const why = code ?? `exit code ${status}`;
    throw new MlflowAuthError("USAGE", `npm could not pack the packages of the clone (${why})`, {
      remedy: "npm comes with Node: check that `npm --version` works here",
    });
  }
}

function notBuilt(clone: string): MlflowAuthError {
  return new MlflowAuthError("USAGE", "the clone that mlflow-auth was started from is not built", {
    remedy: `npm --prefix ${clone} run build`,
  });
}

function nameIn(folder: string): unknown {
  try {
    return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).name;
  } catch {
    return undefined;
  }
}
