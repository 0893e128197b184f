import { invalid } from "../http/mlflow-error.js";
import { readBytes } from "../http/read-body.js";

export interface ArtifactInfo {
  /** The last segment of its path. */
  readonly name: string;
  /** Bytes; undefined for a folder. */
  readonly size: number | undefined;
}

/** Files by path. Folders are what the paths imply. */
export class ArtifactStore {
  readonly #files = new Map<string, Uint8Array>();
  readonly #limit: number;

  /** @param limit bytes of one file */
  constructor(limit: number) {
    this.#limit = limit;
  }

  read(path: string): Uint8Array | undefined {
    return this.#files.get(path);
  }

  /** @throws TooLarge as soon as more bytes have come than one file may have */
  async write(path: string, content: AsyncIterable<Uint8Array> | undefined): Promise<void> {
    this.#files.set(path, await readBytes(content, this.#limit));
  }

  isFolder(path: string): boolean {
    return [...this.#files.keys()].some((file) => file.startsWith(`${path}/`));
  }

  /** What stands directly in a folder, by name. The root is the empty path. */
  list(folder: string): ArtifactInfo[] {
    const prefix = folder === "" ? "" : `${folder}/`;
    const found = new Map<string, ArtifactInfo>();
    for (const [path, content] of this.#files) {
      if (!path.startsWith(prefix)) continue;
      const [name = "", ...below] = path.slice(prefix.length).split("/");
      found.set(name, { name, size: below.length > 0 ? undefined : content.length });
    }
    return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Removes a file, or a folder with what is in it. */
  remove(path: string): void {
    for (const file of this.#files.keys()) if (file === path || file.startsWith(`${path}/`)) this.#files.delete(file);
  }
}

/** @returns the path without a slash at the end @throws MlflowError if it would lead out of its folder */
export function safePath(path: string): string {
  const decoded = decodeAll(path);
  const leadsOut = decoded.split("/").includes("..") || decoded.startsWith("/") || /^[a-z]:/i.test(decoded);
  if (leadsOut || /[\\#]/.test(decoded)) throw invalid("Invalid path");
  return decoded.replace(/\/+$/, "");
}

/** Whoever escapes twice must not get past the check. */
function decodeAll(path: string): string {
  try {
    const decoded = decodeURIComponent(path);
    return decoded === path ? path : decodeAll(decoded);
  } catch {
    return path;
  }
}
