/** The commands that change what is installed in the Python environment of the running command, in the words of what made that environment. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readSmallTextSync } from "../files/small-file.js";
import type { PythonEnvironment } from "./python-environment.js";

/** Bytes of a pyvenv.cfg, which has a few lines. */
const MAX_SETTINGS_BYTES = 64 * 1024;

// Square brackets are a pattern to many shells.
const withExtras = (names: readonly string[]) => `"mlflow-auth[${names.join(",")}]"`;

/** Installs plugins. @param plugins what each package is called behind `mlflow-auth-` */
export function pythonInstallCommand(python: PythonEnvironment, plugins: readonly string[]): string {
  switch (makerOf(python)) {
    case "pipx":
      return `pipx inject mlflow-auth ${plugins.map((name) => `mlflow-auth-${name}`).join(" ")}`;
    case "uv tool": {
      // A tool is installed anew: what it had has to be named as well.
      const others = python.plugins.flatMap((folder) => /[\\/]mlflow_auth_([a-z\d]+)$/.exec(folder)?.[1] ?? []);
      return `uv tool install ${withExtras([...new Set([...others, ...plugins])].sort())}`;
    }
    case "uv run":
      return `uv run --with ${withExtras(plugins)}`;
    case "uv":
      return `uv pip install ${withExtras(plugins)}`;
    case "pip":
      return `pip install ${withExtras(plugins)}`;
  }
}

/** Brings the command itself up to date, and core in it. */
export function pythonUpgradeCommand(python: PythonEnvironment): string {
  return upgrades[makerOf(python)];
}

const upgrades = {
  pipx: "pipx upgrade --include-injected mlflow-auth",
  "uv tool": "uv tool upgrade mlflow-auth",
  "uv run": "uv run --refresh --with mlflow-auth",
  uv: "uv pip install --upgrade mlflow-auth",
  pip: "pip install --upgrade mlflow-auth",
} as const;

/** What an environment says of who made it. */
function makerOf({ prefix }: PythonEnvironment): keyof typeof upgrades {
  if (existsSync(join(prefix, "pipx_metadata.json"))) return "pipx";
  if (existsSync(join(prefix, "uv-receipt.toml"))) return "uv tool";
  const made = settingsOf(prefix);
  if (made.has("extends-environment")) return "uv run";
  return made.has("uv") ? "uv" : "pip";
}

/** The names of what is set in the file by which Python knows a virtual environment. */
function settingsOf(prefix: string): ReadonlySet<string> {
  const read = readSmallTextSync(join(prefix, "pyvenv.cfg"), MAX_SETTINGS_BYTES);
  const lines = "reason" in read ? [] : read.text.split("\n");
  return new Set(lines.map((line) => line.split("=", 1)[0]?.trim() ?? ""));
}
