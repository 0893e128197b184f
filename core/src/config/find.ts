/** Finds the configuration file. Nothing that lies in the way is run, imported or followed. */
import { lstatSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { foldersUpwards, homeOfUser } from "../files/folders-upwards.js";
import { jsonErrorOffset } from "./json-error.js";
import { readConfigText } from "./read-text.js";

/** The key of package.json that may hold the configuration. */
export const PACKAGE_KEY = "mlflow-auth";

const VARIABLE = "MLFLOW_AUTH_CONFIG";

/** In each folder, the first of these that exists. */
const places = [
  "mlflow-auth.yaml",
  "mlflow-auth.yml",
  "mlflow-auth.json",
  ".config/mlflow-auth.yaml",
  ".config/mlflow-auth.yml",
  ".config/mlflow-auth.json",
  "package.json",
];

/** A configuration file, read and known to be trusted. */
export interface FoundFile {
  /** Absolute path. */
  readonly file: string;
  /** Without a byte order mark. */
  readonly text: string;
  readonly json: boolean;
  /** The key whose value is the configuration; undefined: the whole file is. */
  readonly key?: typeof PACKAGE_KEY;
  /** Whose file it is, where the user named it: who names a file trusts its owner. */
  readonly trustedOwner?: number;
}

/** Where the file is looked for. */
export interface FindOptions {
  /** The path of the file, relative to `cwd`. Without it the file is searched for. */
  readonly configFile?: string | undefined;
  /** What the user calls `configFile`, for messages. Default `--config`; undefined where there is only the variable. */
  readonly optionName?: string | undefined;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Whether a file is named, so that no other will do. */
export function isFileNamed({ configFile, env }: Pick<FindOptions, "configFile" | "env">): boolean {
  return (configFile ?? (env[VARIABLE] || undefined)) !== undefined;
}

/**
 * `configFile`, else the variable `MLFLOW_AUTH_CONFIG`, else the nearest candidate from `cwd` upwards to the repository's root (the
 * folder with `.git`), never past the home folder. A candidate that exists and can't be used is an error; the search does not
 * climb past it. A file found by searching must not be another user's, nor changeable by others.
 *
 * @throws MlflowAuthError `CONFIG_NOT_FOUND`, `CONFIG_UNREADABLE`, `CONFIG_UNTRUSTED`
 */
export async function findConfig(options: FindOptions): Promise<FoundFile> {
  const { configFile, cwd, env } = options;
  const option = "optionName" in options ? options.optionName : "--config";
  const named = configFile ?? (env["MLFLOW_AUTH_CONFIG"] || undefined);
  if (named !== undefined) return readNamed(resolve(cwd, named), (configFile && option) || VARIABLE);
  const { folders } = foldersUpwards(cwd, env);
  const nameWith = option === undefined ? VARIABLE : `${option} or ${VARIABLE}`;
  const search = await createSearch(nameWith);
  for (const folder of folders) {
    const found = await search(folder);
    if (found) return found;
  }
  throw new MlflowAuthError(
    "CONFIG_NOT_FOUND",
    `there is no mlflow-auth.yaml in ${cwd}${folders.length > 1 ? ` nor in a folder above it up to ${folders.at(-1)}` : ""}`,
    {
      remedy: `write one with \`mlflow-auth init\`, or name it with ${nameWith}; without a file, MLFLOW_AUTH_PLUGINS switches plugins on`,
    },
  );
}

async function readNamed(file: string, by: string): Promise<FoundFile> {
  if (!exists(file)) {
    throw new MlflowAuthError("CONFIG_NOT_FOUND", `${file} (named by ${by}) does not exist`, {
      remedy: `correct ${by}, or leave it out to have the file searched for`,
    });
  }
  const { text, owner: trustedOwner } = await readConfigText(file, { searched: false, nameWith: by });
  if (basename(file) === "package.json") return { file, text, json: true, key: PACKAGE_KEY, trustedOwner };
  return { file, text, json: file.endsWith(".json"), trustedOwner };
}

/** What cosmiconfig's `Explorer` is here; its own types leave it out. */
interface Explorer {
  search(folder: string): Promise<{ config?: unknown; filepath: string } | null>;
}
type ExplorerClass = new (options: object) => Explorer;

/**
 * Searches one folder. cosmiconfig's `cosmiconfig()` also runs `.config/config.js` of the folder, whatever it is told; its
 * Explorer alone, kept to one folder and to a loader that hands over the text, neither runs nor follows anything. It passes
 * over what it can't read, so each candidate is read by us before it is asked.
 */
async function createSearch(nameWith: string): Promise<(folder: string) => Promise<FoundFile | undefined>> {
  const Explorer = await loadExplorer();
  let text = "";
  const loader = (file: string) => (basename(file) === "package.json" ? packageText(file, text, nameWith) : text);
  const explorers = places.map((place) => {
    const options = {
      moduleName: PACKAGE_KEY,
      packageProp: PACKAGE_KEY,
      searchPlaces: [place],
      loaders: { ".yaml": loader, ".yml": loader, ".json": loader },
      searchStrategy: "none",
      metaConfigFilePath: null,
      ignoreEmptySearchPlaces: false,
      cache: false,
      transform: (result: unknown) => result,
    };
    return { place, explorer: new Explorer(options) };
  });

  return async (folder) => {
    for (const { place, explorer } of explorers) {
      const file = join(folder, place);
      if (!exists(file)) continue;
      const isPackage = place === "package.json";
      ({ text } = await readConfigText(file, { searched: !isPackage, nameWith }));
      if ((await explorer.search(folder)) === null) continue;
      if (!isPackage) return { file, text, json: place.endsWith(".json") };
      // Only now is it known to be the configuration, so only now does it matter whose it is.
      ({ text } = await readConfigText(file, { searched: true, nameWith }));
      return { file, text, json: true, key: PACKAGE_KEY };
    }
    return undefined;
  };
}

/** As it is loaded, cosmiconfig asks for the home folder, which not everybody has: it is told one for that moment, and never looks there. */
async function loadExplorer(): Promise<ExplorerClass> {
  const load = () => import("cosmiconfig/dist/Explorer.js") as unknown as Promise<{ Explorer: ExplorerClass }>;
  if (homeOfUser() !== undefined) return (await load()).Explorer;
  process.env["HOME"] = "/";
  try {
    return (await load()).Explorer;
  } finally {
    delete process.env["HOME"];
  }
}

/** The whole text under our key if package.json has it; a package.json that is not JSON may be ours, so it is not passed over. */
function packageText(file: string, text: string, nameWith: string): Record<string, string> {
  if (jsonErrorOffset(text) !== undefined) {
    throw new MlflowAuthError("CONFIG_UNREADABLE", `${file} is not JSON`, {
      remedy: `correct it, or name the configuration with ${nameWith}`,
    });
  }
  const manifest: unknown = JSON.parse(text);
  const ours = typeof manifest === "object" && manifest !== null && Object.hasOwn(manifest, PACKAGE_KEY);
  return ours ? { [PACKAGE_KEY]: text } : {};
}

/** Whether there is anything by that name: a symlink that leads nowhere is something, too. */
function exists(file: string): boolean {
  try {
    lstatSync(file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    return true;
  }
}
