import { join } from "node:path";
import type { Artefact } from "./artefact.ts";
import { progress, run } from "./run.ts";

/**
 * Versions of Node beside the workspace's own (24): the last that is too old, the oldest that is supported, the newest.
 * A version stays until it is raised here, so that a failure is never a surprise of that day.
 */
export const nodeVersions = { node20: "20.20.2", node22: "22.19.0", node26: "26.10.0" } as const;

/** One of these versions. */
export type NodeName = keyof typeof nodeVersions;

/**
 * The npm package for this platform that holds the binary. The package `node` around it fetches that one in an install
 * script, which npm 11 and newer run only if they are told to; this one needs no script.
 */
function platformPackage(): string {
  const prefix = process.platform === "darwin" && process.arch === "arm64" ? "node-bin" : "node";
  return [prefix, process.platform, process.arch].join("-");
}

/** That version of Node, as its package has it. */
export function node(name: NodeName): Artefact {
  const version = nodeVersions[name];
  return {
    name: "node",
    versionFiles: [],
    versions: [process.platform, process.arch, version],
    build: (folder) =>
      progress(`Installing Node ${version} for the tests`, async () => {
        const options = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
        await run("npm", ["install", "--prefix", folder, ...options, `${platformPackage()}@${version}`], {
          cwd: folder,
        });
        const installed = (await run(nodeBinary(folder), ["--version"])).trim();
        if (installed !== `v${version}`) throw new Error(`${platformPackage()}@${version} holds Node ${installed}`);
      }),
  };
}

/** The program in it. */
export function nodeBinary(folder: string): string {
  return join(folder, "node_modules", platformPackage(), "bin", "node");
}
