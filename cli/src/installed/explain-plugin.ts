/** Why a plugin was found, or was not: every root with what lies there under that name, and what became of it. */
import {
  findPlugin,
  type Installed,
  type InstalledPlugin,
  type Manifest,
  meantBy,
  type Origin,
  offersCommand,
  type Root,
  readManifests,
  undeclaredManifests,
  type WantedPlugin,
} from "@mlflow-auth/core/internal/config";
import { type Fault, faultOf } from "./list-plugins.js";

/**
 * - `used`: this is the one
 * - `shadowed`: a package of the same name comes first, or belongs to somebody else but was passed over
 * - `ambiguous`, `faulty`, `untrusted`: it would be this one; see the explanation's `fault`
 * - `command`: it gives a command of that name, and nothing that a file enables
 * - `undeclared`: it lies in node_modules, and the root's package.json does not name it
 */
export type PluginStatus = "used" | "shadowed" | "ambiguous" | "faulty" | "untrusted" | "command" | "undeclared";

/** A package of that name, and what became of it. */
export interface Candidate {
  readonly package: string;
  readonly version: string;
  readonly folder: string;
  readonly status: PluginStatus;
  /** What is not trusted about it, where it is `untrusted`. */
  readonly reason?: string | undefined;
}

/** A folder that was looked in. */
export interface ExplainedRoot {
  readonly folder: string;
  readonly origin: Origin;
  readonly candidates: readonly Candidate[];
}

/** What was found for one plugin, and where. */
export interface Explanation {
  readonly found?: InstalledPlugin | undefined;
  /** Given where nothing usable was found. */
  readonly fault?: Fault | undefined;
  /** In the order in which they are looked in. */
  readonly roots: readonly ExplainedRoot[];
}

/** Looks again through what was found for one plugin. Imports nothing, and throws nothing: what is wrong is the explanation's `fault`. */
export function explainPlugin(wanted: WantedPlugin, installed: Installed): Explanation {
  let found: InstalledPlugin | undefined;
  const fault = faultOf(() => {
    found = findPlugin(wanted, installed);
  });
  const isPlugin = meantBy(wanted);
  const isCommand = (manifest: Manifest) => wanted.package === undefined && offersCommand(manifest, wanted.plugin);
  const isMeant = (manifest: Manifest) => isPlugin(manifest) || isCommand(manifest);
  const chosen = new Map(installed.manifests.usable.filter(isMeant).map((manifest) => [manifest.name, manifest]));
  const seen = new Set<string>();

  function explainRoot(root: Root): ExplainedRoot {
    const { usable, refused } = readManifests({ ...installed.roots, folders: [root] });
    const candidates = [
      ...usable.map((manifest) => ({ manifest, status: statusOf(manifest), reason: undefined })),
      ...refused.map((manifest) => ({ manifest, status: "untrusted" as const, reason: manifest.reason })),
      ...undeclaredManifests(root).map((manifest) => ({ manifest, status: "undeclared" as const, reason: undefined })),
    ].filter(({ manifest }) => isMeant(manifest) && !seen.has(manifest.folder));
    // What two roots name is told once.
    for (const { manifest, status } of candidates) if (status !== "undeclared") seen.add(manifest.folder);
    return {
      folder: root.folder,
      origin: root.origin,
      candidates: candidates.map(({ manifest: { name, version, folder }, status, reason }) => ({
        package: name,
        version,
        folder,
        status,
        reason,
      })),
    };
  }

  function statusOf(manifest: Manifest): PluginStatus {
    const { name, folder } = manifest;
    if (chosen.get(name)?.folder !== folder) return "shadowed";
    if (fault?.code === "PLUGIN_INTERFACE" || !isPlugin(manifest)) return "command";
    if (fault === undefined) return "used";
    if (fault.code === "PLUGIN_AMBIGUOUS") return "ambiguous";
    return fault.code === "PLUGIN_UNTRUSTED" ? "untrusted" : "faulty";
  }

  return { found, fault, roots: installed.roots.folders.map(explainRoot) };
}
