/** The Python environment that the running command was installed in with pip, as what started it says. */
import { isAbsolute } from "node:path";

/** Says it to the command: JSON of {@link PythonEnvironment}. No secret is in it. */
export const pythonVariable = "_MLFLOW_AUTH_PYTHON";

/** A Python environment with the command. */
export interface PythonEnvironment {
  /** The folders of the plugin packages that are installed in it, in the order in which Python looks. Absolute. */
  readonly plugins: readonly string[];
  /** Its folder: `sys.prefix`. */
  readonly prefix: string;
  /** Of the Python package, which is that of the command. */
  readonly version: string;
}

/** Of this process, as `process.argv` is: what is installed for it is said once, by what starts it. */
let own: PythonEnvironment | undefined;

/**
 * Takes it out of the environment and keeps it for this process, before anything is started that would inherit it and take plugins from
 * there.
 */
export function takePythonEnvironment(env: Record<string, string | undefined>): void {
  const text = env[pythonVariable];
  delete env[pythonVariable];
  own = text === undefined ? undefined : parse(text);
}

/** Undefined for a command that was started by itself, as npm installs it. */
export function ownPythonEnvironment(): PythonEnvironment | undefined {
  return own;
}

/** Undefined for what no launcher of ours has written. */
function parse(text: string): PythonEnvironment | undefined {
  try {
    const { plugins, prefix, version } = JSON.parse(text);
    if (!Array.isArray(plugins) || typeof prefix !== "string" || typeof version !== "string") return undefined;
    return { plugins: plugins.filter((folder) => typeof folder === "string" && isAbsolute(folder)), prefix, version };
  } catch {
    return undefined;
  }
}
