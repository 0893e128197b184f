/** The instances that the file names, read without judging them: for what has to work while the file is not yet right. */
import { dirname } from "node:path";
import {
  type FindOptions,
  type FoundFile,
  findConfig,
  interpolate,
  isFileNamed,
  isMlflowAuthError,
  isObject,
  leaveOutDisabled,
  MlflowAuthError,
  type RootOptions,
  readConfig,
  workingFolder,
} from "@mlflow-auth/core/internal/config";

/** One entry of the file's `plugins`. */
export interface NamedInstance {
  /** Its key in the file. */
  readonly name: string;
  /** The entry-point name. */
  readonly plugin: string;
  /** What its `package:` says. */
  readonly package?: string | undefined;
  /** False where the file says `enabled: false`, also by a variable. */
  readonly enabled: boolean;
}

/** What can be said of the instances of a file that may be wrong. */
export interface FileInstances {
  /** Undefined where no file was found. */
  readonly found?: FoundFile | undefined;
  /** Where there is none: the variables that switch something on in its place. */
  readonly switches?: readonly string[] | undefined;
  /** Undefined where they can't be known: see `fault`. */
  readonly instances?: readonly NamedInstance[] | undefined;
  readonly fault?: MlflowAuthError | undefined;
}

/** @throws MlflowAuthError if a file that was named can't be read */
export async function fileInstances(options: FindOptions): Promise<FileInstances> {
  let found: FoundFile;
  try {
    found = await findConfig(options);
  } catch (error) {
    if (!isMlflowAuthError(error) || isFileNamed(options)) throw error;
    return error.code === "CONFIG_NOT_FOUND" ? await switchedInstances(options) : { fault: error };
  }
  const { data, problems } = await readConfig(found.text, found);
  if (data === undefined || problems.length > 0) {
    return { found, fault: new MlflowAuthError("CONFIG_SYNTAX", `${found.file} can't be read as it is`) };
  }
  const interpolated = interpolate(data, options.env);
  const { disabled } = leaveOutDisabled(interpolated);
  const plugins =
    isObject(interpolated.data) && isObject(interpolated.data["plugins"]) ? interpolated.data["plugins"] : {};
  const instances = Object.entries(plugins).map(([name, fields]) => {
    const { plugin, package: from } = isObject(fields) ? fields : {};
    return {
      name,
      plugin: typeof plugin === "string" ? plugin : name,
      package: typeof from === "string" ? from : undefined,
      enabled: !disabled.has(name),
    };
  });
  return { found, instances };
}

async function switchedInstances({ env }: FindOptions): Promise<FileInstances> {
  const { readSwitches } = await import("@mlflow-auth/core/internal/environment");
  const { on, variables } = readSwitches(env);
  const instances = on.map(({ plugin }) => ({ name: plugin, plugin, enabled: true }));
  return { instances, ...(variables.length > 0 && { switches: variables }) };
}

/** Where the file is looked for, by the environment and the folder of this process. @param configFile what `--config` says */
export function findOptionsOf(configFile: string | undefined): FindOptions {
  const { env } = process;
  return { configFile, cwd: workingFolder({ configFile, env }), env };
}

/** Where the file's plugins are looked for, and whose they may be. */
export function rootOptionsOf({ found }: FileInstances, { cwd, env }: FindOptions): RootOptions {
  return { folder: found === undefined ? cwd : dirname(found.file), trustedOwner: found?.trustedOwner, env };
}
