/** What is installed where a file may take plugins from. */
import { type InstallCommand, installCommand } from "./install-command.js";
import { type Manifests, readManifests } from "./manifests.js";
import { findRoots, type RootOptions, type Roots } from "./roots.js";

export interface Installed {
  readonly roots: Roots;
  readonly manifests: Manifests;
  readonly install: InstallCommand;
}

export function readInstalled(options: RootOptions): Installed {
  const roots = findRoots(options);
  return { roots, manifests: readManifests(roots), install: installCommand(roots) };
}
