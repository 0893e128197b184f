/** The packages as they would be published, packed anew: from what is built and from nowhere else. */
import { globSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
// For its effect: the command's bundle is up to date.
import "../built-command.ts";
import { run } from "../servers/installation/run.ts";
import { removeAtEnd } from "../servers/process/lifeline.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly [field: string]: unknown;
}

export interface Published {
  readonly name: string;
  /** Its folder in the repository. */
  readonly folder: string;
  readonly tarball: string;
}

/** Packs every package that is not private, into a temporary folder that goes with this process. */
export async function packAll(): Promise<Published[]> {
  const destination = mkdtempSync(join(tmpdir(), "mlflow-auth-packages-"));
  removeAtEnd(destination);
  const found = globSync(["*/package.json", "plugins/*/package.json"], { cwd: root })
    .map((file) => ({ folder: join(root, dirname(file)), manifest: readManifest(join(root, file)) }))
    .filter(({ manifest }) => manifest.private !== true);
  const filters = found.map(({ manifest }) => `--filter=${manifest.name}`);
  await run("npx", ["-y", "pnpm@12", ...filters, "--recursive", "pack", "--pack-destination", destination], {
    cwd: root,
  });
  const tarballs = readdirSync(destination);
  return found.map(({ folder, manifest: { name, version } }) => {
    const file = `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
    if (!tarballs.includes(file)) throw new Error(`${name} was not packed: there are ${tarballs.join(", ")}`);
    return { name, folder, tarball: join(destination, file) };
  });
}

/** The files of a tarball by their path in the package, with what they hold. */
export async function unpack({ tarball }: Published): Promise<Map<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), "mlflow-auth-unpacked-"));
  removeAtEnd(folder);
  await run("tar", ["xzf", tarball, "-C", folder]);
  const base = join(folder, "package");
  const files = readdirSync(base, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(base.length + 1), readFileSync(path, "utf8")];
    }),
  );
}

export function readManifest(file: string): Manifest {
  return JSON.parse(readFileSync(file, "utf8"));
}
