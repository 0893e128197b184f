/** The folder that the process works in, which may have been removed under it, as jobs do that clean up after themselves. */
import { dirname, isAbsolute } from "node:path";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";

/** Undefined where it was removed, or may not be asked for. */
export function presentFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

/** What says which folder is needed, and for what. */
export interface WorkingFolderOptions {
  /** The configuration file that was named. */
  readonly configFile?: string | undefined;
  /** Holds `MLFLOW_AUTH_CONFIG`, which counts where no file was named. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What to do about it beside changing to another folder. */
  readonly otherwise?: string;
  /** The folder that is asked for. Default: {@link presentFolder}. */
  readonly present?: string | undefined;
}

/**
 * The folder of a process, by default of this one. Where there is none it is that of the named file, as long as its path is absolute:
 * nothing needs to be searched for then.
 *
 * @throws MlflowAuthError `USAGE`
 */
export function workingFolder({ configFile, env, otherwise, ...given }: WorkingFolderOptions): string {
  const present = "present" in given ? given.present : presentFolder();
  if (present !== undefined) return present;
  const named = configFile ?? env["MLFLOW_AUTH_CONFIG"] ?? "";
  if (isAbsolute(named)) return dirname(named);
  throw new MlflowAuthError("USAGE", "the working directory does not exist any more, or may not be read", {
    remedy: `change to a folder that exists, or ${otherwise ?? "name the configuration file by its absolute path (MLFLOW_AUTH_CONFIG, or --config of a command)"}`,
  });
}
