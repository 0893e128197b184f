import { createHash, randomUUID } from "node:crypto";
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { mkdir, readdir, rename, rm, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { withLock } from "./lock.ts";

/** Something that takes minutes to build. It is kept outside of the repository, so that a fresh clone finds it again. */
export interface Artefact {
  readonly name: string;
  /** Files whose content decides whether a kept copy still fits. */
  readonly versionFiles: readonly string[];
  /** What else decides: the platform, the version of an interpreter. */
  readonly versions: readonly string[];
  /** Builds it into an empty folder, whose path stays valid. @throws Error whose message says what to do */
  build(folder: string): Promise<void>;
}

/** `$MLFLOW_AUTH_CACHE`, else `mlflow-auth` in the user's cache folder. */
export function cacheFolder(): string {
  return (
    process.env["MLFLOW_AUTH_CACHE"] || join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "mlflow-auth")
  );
}

/** Where a finished artefact is to be found, whether it is there or not. */
export function artefactPath({ name, versionFiles, versions }: Artefact): string {
  const digest = createHash("sha256");
  for (const version of versions) digest.update(`${version}\0`);
  for (const file of versionFiles) digest.update(readFileSync(file)).update("\0");
  return join(cacheFolder(), `${name}-${digest.digest("hex").slice(0, 16)}`);
}

/**
 * Builds an artefact unless it is there. It is built in a folder of its own, and a symbolic link publishes it in one step, because a
 * Python environment can't be moved. So nobody ever sees a half-built one; the lock only saves double work.
 */
export async function install(artefact: Artefact): Promise<string> {
  const path = artefactPath(artefact);
  if (existsSync(path)) return path;
  await mkdir(cacheFolder(), { recursive: true });
  await withLock(`${path}.lock`, async () => {
    if (existsSync(path)) return;
    await removeLeftovers(path);
    const folder = `${path}.${randomUUID().slice(0, 8)}`;
    await mkdir(folder);
    try {
      await artefact.build(folder);
      await symlink(basename(folder), `${folder}.link`);
      await rename(`${folder}.link`, path);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  });
  return path;
}

/** Folders of builds that were killed. */
async function removeLeftovers(path: string): Promise<void> {
  const published = linkTarget(path);
  for (const name of await readdir(cacheFolder())) {
    const leftover = name.startsWith(`${basename(path)}.`) && !name.endsWith(".lock") && name !== published;
    if (leftover) await rm(join(cacheFolder(), name), { recursive: true, force: true });
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
