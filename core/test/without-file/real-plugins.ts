/** Projects in which plugins of this repository are installed, as they are. */
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder, write } from "../discovery/plugin-packages.ts";

const plugins = fileURLToPath(new URL("../../../plugins", import.meta.url));

/** @param names the folders of their packages */
export function projectWith(...names: string[]): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, ".git"));
  installPlugins(folder, names);
  return folder;
}

/** Installs them in a project, whose package.json then names these and `others`. */
export function installPlugins(folder: string, names: readonly string[], others: readonly string[] = []): void {
  mkdirSync(join(folder, "node_modules/@mlflow-auth"), { recursive: true });
  for (const name of names) symlinkSync(join(plugins, name), join(folder, `node_modules/@mlflow-auth/plugin-${name}`));
  const packages = [...names.map((name) => `@mlflow-auth/plugin-${name}`), ...others];
  const dependencies = Object.fromEntries(packages.map((name) => [name, "*"]));
  write(folder, { "package.json": { name: "project", dependencies } });
}
