/** The command that installs a plugin in the Python environment of the running command, in the words of what made that environment. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readSmallTextSync } from "../files/small-file.js";
import type { PythonEnvironment } from "./python-environment.js";

/** Bytes of a pyvenv.cfg, which has a few lines. */
const MAX_SETTINGS_BYTES = 64 * 1024;

/** @param plugins what each package is called behind `mlflow-auth-` */
export function pythonInstallCommand(
  { prefix, plugins: installed }: PythonEnvironment,
  plugins: readonly string[],
): string {
  // Square brackets are a pattern to many shells.
  const withExtras = (names: readonly string[]) => `"mlflow-auth[${names.join(",")}]"`;
  if (existsSync(join(prefix, "pipx_metadata.json")))
    return `pipx inject mlflow-auth ${plugins.map((name) => `mlflow-auth-${name}`).join(" ")}`;
  // A tool is installed anew: what it had has to be named as well.
  if (existsSync(join(prefix, "uv-receipt.toml"))) {
    const others = installed.flatMap((folder) => /[\\/]mlflow_auth_([a-z\d]+)$/.exec(folder)?.[1] ?? []);
    return `uv tool install ${withExtras([...new Set([...others, ...plugins])].sort())}`;
  }
  const made = settingsOf(prefix);
  if (made.has("extends-environment")) return `uv run --with ${withExtras(plugins)}`;
  return `${made.has("uv") ? "uv pip" : "pip"} install ${withExtras(plugins)}`;
}

/** The names of what is set in the file by which Python knows a virtual environment. */
function settingsOf(prefix: string): ReadonlySet<string> {
  const read = readSmallTextSync(join(prefix, "pyvenv.cfg"), MAX_SETTINGS_BYTES);
  const lines = "reason" in read ? [] : read.text.split("\n");
  return new Set(lines.map((line) => line.split("=", 1)[0]?.trim() ?? ""));
}
