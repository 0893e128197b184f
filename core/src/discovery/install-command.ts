import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Roots } from "./roots.js";

/** The command that installs a package where the file can use it. */
export type InstallCommand = (packageName: string) => string;

const lockfiles = [
  { file: "pnpm-lock.yaml", add: "pnpm add", toRoot: "pnpm add -w" },
  { file: "yarn.lock", add: "yarn add", toRoot: "yarn add" },
  { file: "package-lock.json", add: "npm install", toRoot: "npm install" },
];

/** Without a project, plugins stand beside a global command. */
export function installCommand({ project, workspace }: Pick<Roots, "project" | "workspace">): InstallCommand {
  if (project === undefined) return (name) => `npm install --global ${name}`;
  const folders = workspace === undefined || workspace === project ? [project] : [project, workspace];
  const manager = folders.flatMap((folder) => lockfiles.filter(({ file }) => existsSync(join(folder, file))))[0];
  // pnpm refuses to add to a workspace's root unless it is told that the root is meant.
  const command = manager === undefined ? "npm install" : workspace === project ? manager.toRoot : manager.add;
  return (name) => `${command} ${name}`;
}
