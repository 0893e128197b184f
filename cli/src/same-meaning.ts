/**
 * What decides what a file means: its text, and the values of the variables that count. One judge, for an `exec` within another and for
 * programs that share a proxy.
 */
import {
  type FoundFile,
  findConfig,
  isFileNamed,
  isMlflowAuthError,
  MAX_CONFIG_BYTES,
  readSmallTextSync,
} from "@mlflow-auth/core/internal";

/** As `process.env` has it: a variable that is undefined is not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What shells and make change all the time, what says where the file is, and what only says how much to log. */
const PASSED_OVER = /^(?:_|PWD|OLDPWD|SHLVL|MAKELEVEL|MAKEFLAGS|MFLAGS|MLFLOW_AUTH_(?:CONFIG|REMOVED|LOG|LOG_FORMAT))$/;

/** What names of no vendor begin with, or of no one vendor: NO_COLOR has nothing to do with NO_PROXY. */
const NOBODYS = new Set(["", "MLFLOW_", "NO_", "ALL_", "HTTP_", "HTTPS_"]);

/** Among the names that were read, which no variable can have: all of them were gone through, as for a program that is started. */
export const everyName = "=";

/** An environment that remembers which of its variables were asked for; {@link everyName}: all that there are. */
export function watchReads(env: Environment): { readonly env: Environment; readonly reads: Set<string> } {
  const reads = new Set<string>();
  const note = (name: string | symbol) => {
    if (typeof name === "string") reads.add(name);
  };
  const watched = new Proxy(env, {
    get(target, name) {
      note(name);
      return Reflect.get(target, name);
    },
    has(target, name) {
      note(name);
      return Reflect.has(target, name);
    },
    ownKeys(target) {
      note(everyName);
      return Reflect.ownKeys(target);
    },
  });
  return { env: watched, reads };
}

/** Those of some names whose values count, in one order, and each once. */
export function countingNames(names: Iterable<string>): string[] {
  return [...new Set(names)].filter((name) => name !== everyName && !PASSED_OVER.test(name)).sort();
}

/**
 * The values of variables that were read, and of those of the same vendors, which a plugin's own library may read by itself: another
 * profile is another credential.
 *
 * @param reads as {@link countingNames} gives them
 * @param others names that count for themselves alone
 * @returns sorted by name; null: not set
 */
export function countingValues(
  reads: readonly string[],
  env: Environment,
  others: readonly string[] = [],
): [name: string, value: string | null][] {
  return countingNames([...reads, ...kindred(reads, env), ...others]).map((name) => [name, env[name] ?? null]);
}

function kindred(reads: readonly string[], env: Environment): string[] {
  const beginnings = new Set(reads.map(beginningOf).filter((beginning) => !NOBODYS.has(beginning)));
  return Object.keys(env).filter((name) => beginnings.has(beginningOf(name)));
}

function beginningOf(name: string): string {
  return /^[A-Z][A-Z0-9]*_/.exec(name)?.[0] ?? "";
}

/** What a configuration file holds now; undefined where it can't be read. */
export function textOf(file: string): string | undefined {
  const read = readSmallTextSync(file, MAX_CONFIG_BYTES);
  return "text" in read ? read.text : undefined;
}

/** Where a command would look for its file. */
export interface Place {
  readonly configFile?: string | undefined;
  readonly cwd: string;
  readonly env: Environment;
}

/**
 * The file that a command would use there: `none` where the environment stands in the place of a file that nobody named; undefined
 * where the file can't be used, which is said where it is loaded.
 */
export async function fileUsedAt(place: Place): Promise<FoundFile | "none" | undefined> {
  try {
    return await findConfig(place);
  } catch (thrown) {
    const isNone = isMlflowAuthError(thrown) && thrown.code === "CONFIG_NOT_FOUND" && !isFileNamed(place);
    return isNone ? "none" : undefined;
  }
}
