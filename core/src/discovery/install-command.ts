/** The packages of this project's own plugins, and the command that installs a package. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { RepairCommands } from "../config/config.js";
import { pythonCommands } from "./python-commands.js";
import type { PythonEnvironment } from "./python-environment.js";
import type { Roots } from "./roots.js";

/** The package of core, as peer dependencies name it. */
export const CORE = "@mlflow-auth/core";

/** The plugins of this project, each in a package of its own but for those of {@link sharedPackages}. */
export const ownPlugins = Object.freeze(["aws", "azure", "datadog", "descope", "hokusai", "sigv4", "token", "vault"]);

/** Plugins that come in the package of another one. */
const sharedPackages: Readonly<Record<string, string>> = { sigv4: "aws" };

/** The package of one of {@link ownPlugins}. */
export function ownPackage(plugin: string): string {
  return `@mlflow-auth/plugin-${Object.hasOwn(sharedPackages, plugin) ? sharedPackages[plugin] : plugin}`;
}

/** The command that installs a package where the file can use it. */
export type InstallCommand = (packageName: string) => string;

const lockfiles = [
  { file: "pnpm-lock.yaml", add: "pnpm add", toRoot: "pnpm add -w" },
  { file: "yarn.lock", add: "yarn add", toRoot: "yarn add" },
  { file: "package-lock.json", add: "npm install", toRoot: "npm install" },
];

/**
 * Speaks the language of the package manager whose lockfile is there. Without a project, plugins stand beside a global command. Beside a
 * command that is installed with pip, our own are installed so as well.
 */
export function installCommand(
  roots: Pick<Roots, "project" | "workspace" | "folders"> & Partial<Pick<Roots, "python">>,
): InstallCommand {
  const { python } = roots;
  return python === undefined ? npmCommand(roots) : besidePython(python, npmCommand(roots, "npm install"));
}

/** @param otherwise without a project, in place of a global installation, which a command from elsewhere does not look in */
function npmCommand(
  { project, workspace, folders: roots }: Pick<Roots, "project" | "workspace" | "folders">,
  otherwise?: string,
): InstallCommand {
  if (project === undefined) return otherwise === undefined ? globalCommand(roots) : (name) => `${otherwise} ${name}`;
  const folders = workspace === undefined || workspace === project ? [project] : [project, workspace];
  const manager = folders.flatMap((folder) => lockfiles.filter(({ file }) => existsSync(join(folder, file))))[0];
  // pnpm refuses to add to a workspace's root unless it is told that the root is meant.
  const command = manager === undefined ? "npm install" : workspace === project ? manager.toRoot : manager.add;
  return (name) => `${command} ${name}`;
}

/** Several packages, with a space between them, are all of one kind. */
function besidePython(python: PythonEnvironment, npm: InstallCommand): InstallCommand {
  return (packages) => {
    const names = packages.split(" ");
    const commands = pythonCommands(python, extrasIn(python));
    if (names.every((name) => name.replace("@latest", "") === CORE)) return commands.update([]);
    // Which plugin is to be brought up to date has come from npm: one of pip's has its own commands for that.
    const own = names.map(ownExtra);
    return own.every((extra) => extra !== undefined) ? commands.add(own) : npm(packages);
  };
}

/** What a package of ours is called in the brackets of `mlflow-auth[NAME]`; undefined for one of others. */
function ownExtra(packageName: string): string | undefined {
  return ownPlugins.find((plugin) => ownPackage(plugin) === packageName);
}

/** Those that an environment has. */
function extrasIn({ plugins }: PythonEnvironment): string[] {
  return plugins
    .map((folder) => /[\\/]mlflow_auth_([a-z\d]+)$/.exec(folder)?.[1] ?? "")
    .filter((name) => ownExtra(ownPackage(name)) !== undefined);
}

/** How a package of ours in a Python environment is put right; undefined for one of others, of which nobody knows its name for pip. */
export function repairCommands(python: PythonEnvironment, packageName: string): RepairCommands | undefined {
  const extra = ownExtra(packageName);
  if (extra === undefined) return undefined;
  const commands = () => pythonCommands(python, extrasIn(python));
  return Object.freeze({ again: () => commands().again([extra]), update: () => commands().update([extra]) });
}

/** Where pnpm installs globally, with the version of that layout. */
const PNPM_GLOBAL = /[\\/]global[\\/]v?(\d+)(?:[\\/]|$)/;

function globalCommand(roots: Roots["folders"]): InstallCommand {
  const own = roots.find(({ folder, origin }) => origin === "command" && existsSync(join(folder, "pnpm-lock.yaml")));
  const [, layout] = PNPM_GLOBAL.exec(own?.folder ?? "") ?? [];
  if (layout === undefined) return (name) => `npm install --global ${name}`;
  // From that version on, packages that are not named together do not see each other.
  return (name) => `pnpm add --global ${Number(layout) >= 11 ? "mlflow-auth," : ""}${name}`;
}
