/** The commands that install a plugin in the Python environment of the running command, in the words of what made that environment. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readSmallTextSync } from "../files/small-file.js";
import type { PythonEnvironment } from "./python-environment.js";

/** Bytes of a pyvenv.cfg, which has a few lines. */
const MAX_SETTINGS_BYTES = 64 * 1024;

/** What people have made environments with. */
type Tool = "pip" | "uv pip" | "uv run" | "uv tool" | "pipx";

/** What a command is made of: what is meant, and all that is there then. Each by what its package is called behind `mlflow-auth-`. */
type Make<R> = (plugins: readonly string[], all: readonly string[]) => R;

// Square brackets are a pattern to many shells.
const extras = (names: readonly string[]) => (names.length === 0 ? "mlflow-auth" : `"mlflow-auth[${names.join(",")}]"`);
const packages = (names: readonly string[]) => names.map((name) => `mlflow-auth-${name}`).join(" ");
// What uv installs is what lies in its cache, under another name of the same file.
const anew = (names: readonly string[]) => `--no-cache --reinstall-package ${packages(names)}`;

const add: Readonly<Record<Tool, Make<string>>> = {
  pip: (plugins) => `pip install ${extras(plugins)}`,
  "uv pip": (plugins) => `uv pip install ${extras(plugins)}`,
  "uv run": (plugins) => `uv run --with ${extras(plugins)}`,
  // A tool is installed anew: what it had has to be named as well.
  "uv tool": (_, all) => `uv tool install ${extras(all)}`,
  pipx: (plugins) => `pipx inject mlflow-auth ${packages(plugins)}`,
};

const update: Readonly<Record<Tool, Make<string>>> = {
  pip: (_, all) => `pip install --upgrade ${extras(all)}`,
  "uv pip": (_, all) => `uv pip install --upgrade ${extras(all)}`,
  "uv run": (_, all) => `uv run --upgrade --with ${extras(all)}`,
  "uv tool": () => "uv tool upgrade mlflow-auth",
  pipx: () => "pipx upgrade --include-injected mlflow-auth",
};

const again: Readonly<Record<Tool, Make<string | undefined>>> = {
  pip: (plugins) => `pip install --force-reinstall --no-deps ${packages(plugins)}`,
  "uv pip": (plugins) => `uv pip install ${anew(plugins)} ${packages(plugins)}`,
  // It runs what lies in uv's cache, which nothing makes anew.
  "uv run": () => undefined,
  "uv tool": (plugins, all) => `uv tool install ${anew(plugins)} ${extras(all)}`,
  pipx: (plugins) => `pipx runpip mlflow-auth install --no-cache-dir --force-reinstall --no-deps ${packages(plugins)}`,
};

/** The commands for one environment. */
export interface PythonCommands {
  /** Installs what is not there. */
  add(plugins: readonly string[]): string;
  /** Updates the command with all of its plugins, for they have one version, and with these. */
  update(plugins: readonly string[]): string;
  /** Installs once more what is there and was spoilt; undefined where no command does. */
  again(plugins: readonly string[]): string | undefined;
}

/** @param installed what the packages of plugins that are there are called behind `mlflow-auth-` */
export function pythonCommands(
  { prefix }: Pick<PythonEnvironment, "prefix">,
  installed: readonly string[],
): PythonCommands {
  const tool = toolOf(prefix);
  const all = (plugins: readonly string[]) => [...new Set([...installed, ...plugins])].sort();
  return {
    add: (plugins) => add[tool](plugins, all(plugins)),
    update: (plugins) => update[tool](plugins, all(plugins)),
    again: (plugins) => again[tool](plugins, all(plugins)),
  };
}

function toolOf(prefix: string): Tool {
  if (existsSync(join(prefix, "pipx_metadata.json"))) return "pipx";
  if (existsSync(join(prefix, "uv-receipt.toml"))) return "uv tool";
  const made = settingsOf(prefix);
  if (made.has("extends-environment")) return "uv run";
  return made.has("uv") ? "uv pip" : "pip";
}

/** The names of what is set in the file by which Python knows a virtual environment. */
function settingsOf(prefix: string): ReadonlySet<string> {
  const read = readSmallTextSync(join(prefix, "pyvenv.cfg"), MAX_SETTINGS_BYTES);
  const lines = "reason" in read ? [] : read.text.split("\n");
  return new Set(lines.map((line) => line.split("=", 1)[0]?.trim() ?? ""));
}
