/** Where plugins may be installed. */
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

export interface RootOptions {
  /** The folder of the file; the working directory for a file given as an object. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The running command as it was started, symlinks and all. Default `process.argv[1]`. */
  readonly command?: string | undefined;
  /** A file of the running core. Default: this one. */
  readonly core?: string | undefined;
}

/** Folders whose package.json names what is installed for them; one without package.json counts for all of its node_modules. */
export interface Roots {
  /** The package that the file belongs to. */
  readonly project: string | undefined;
  /** Every folder to look in, the first wins: project, its workspace root, MLFLOW_AUTH_PLUGIN_ROOT, the running command's and core's installation. */
  readonly folders: readonly string[];
}

export function findRoots({
  folder,
  env,
  command = process.argv[1],
  core = fileURLToPath(import.meta.url),
}: RootOptions): Roots {
  const project = packageFolderOf(folder);
  const folders = new Set<string>();
  if (project !== undefined) {
    folders.add(project);
    const workspace = workspaceRootOf(project);
    if (workspace !== undefined) folders.add(workspace);
  }
  const named = env["MLFLOW_AUTH_PLUGIN_ROOT"];
  if (named) folders.add(resolve(named));
  const started = command === undefined ? [] : linkChain(resolve(command));
  for (const path of [...started, core]) for (const root of installationsOf(path)) folders.add(root);
  return { project, folders: [...folders] };
}

/** The nearest folder, from this one upwards, that has a package.json. */
export function packageFolderOf(folder: string): string | undefined {
  return upwards(folder).find((candidate) => existsSync(join(candidate, "package.json")));
}

/** The folder above a package that declares a workspace: npm's and yarn's `workspaces`, or pnpm-workspace.yaml. */
export function workspaceRootOf(project: string): string | undefined {
  return upwards(project).find((candidate) => {
    if (existsSync(join(candidate, "pnpm-workspace.yaml"))) return true;
    try {
      return "workspaces" in JSON.parse(readFileSync(join(candidate, "package.json"), "utf8"));
    } catch {
      return false;
    }
  });
}

/**
 * The installations that a file belongs to, innermost first: the folders that own the node_modules on its path. A file on no such
 * path is in a package that is being worked on.
 */
function installationsOf(file: string): string[] {
  const parts = file.split(sep);
  const owners = parts.flatMap((part, index) =>
    part === "node_modules" ? [parts.slice(0, index).join(sep) || sep] : [],
  );
  if (owners.length > 0) return owners.reverse();
  const own = packageFolderOf(dirname(file));
  if (own === undefined) return [];
  const workspace = workspaceRootOf(own);
  return workspace === undefined ? [own] : [own, workspace];
}

/**
 * A path and everything that it leads to, link by link: `/usr/local/bin/mlflow-auth` says nothing of where its neighbours are,
 * and the file at the end may be in a store; a path in between has the node_modules that counts.
 */
function linkChain(path: string): string[] {
  const chain = [path];
  // More links than any system follows are a loop.
  while (chain.length < 40) {
    const last = chain.at(-1) as string;
    try {
      chain.push(resolve(dirname(last), readlinkSync(last)));
    } catch {
      break;
    }
  }
  return chain;
}

function upwards(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...upwards(above)];
}
