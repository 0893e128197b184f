import { invalid } from "../http/mlflow-error.js";
import { readBytes } from "../http/read-body.js";

/** A file or a folder in a list. */
export interface ArtifactInfo {
  /** The last segment of its path. */
  readonly name: string;
  /** Bytes; undefined for a folder. */
  readonly size: number | undefined;
}

/** Files by path, in memory. A folder exists as long as the path of a file leads through it. Paths are as {@link safePath} gives them. */
export class ArtifactStore {
  readonly #files = new Map<string, Uint8Array>();
  readonly #limit: number;

  /** @param limit bytes of one file */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The bytes of a file; undefined if there is none at that path. */
  read(path: string): Uint8Array | undefined {
    return this.#files.get(path);
  }

  /**
   * Keeps a file, in place of the one that may be there. It can be read only once all of it has come.
   *
   * @throws TooLarge as soon as more bytes have come than one file may have
   */
  async write(path: string, content: AsyncIterable<Uint8Array> | undefined): Promise<void> {
    this.#files.set(path, await readBytes(content, this.#limit));
  }

  /** Whether any file is below that path. */
  isFolder(path: string): boolean {
    return [...this.#files.keys()].some((file) => file.startsWith(`${path}/`));
  }

  /** The files and folders directly in a folder, sorted by name. The root is the empty path. Of no such folder there are none. */
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

  /** Removes a file, or a folder with all that is in it. To remove nothing is no error. */
  remove(path: string): void {
    for (const file of this.#files.keys()) if (file === path || file.startsWith(`${path}/`)) this.#files.delete(file);
  }
}

/**
 * Checks a path from a client, escaped or not, as mlflow/utils/uri.py does (`validate_path_is_safe`).
 *
 * @returns the path unescaped, without slashes at its end
 * @throws MlflowError `INVALID_PARAMETER_VALUE` if it would lead out of its folder, or has a backslash or a `#`
 */
export function safePath(path: string): string {
  const decoded = decodeAll(path);
  const leadsOut = decoded.split("/").includes("..") || decoded.startsWith("/") || /^[a-z]:/i.test(decoded);
  if (leadsOut || /[\\#]/.test(decoded)) throw invalid("Invalid path");
  return decoded.replace(/\/+$/, "");
}

/** A path that is escaped several times must not get past the check. */
function decodeAll(path: string): string {
  try {
    const decoded = decodeURIComponent(path);
    return decoded === path ? path : decodeAll(decoded);
  } catch {
    return path;
  }
}
