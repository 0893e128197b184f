/** Whether a plugin package is made for the core that runs, by the versions that its package.json names among its peers. */
import type { PluginPackage } from "../config/config.js";
import { printable } from "../errors/printable.js";
import { coreVersion } from "../generated/core-version.js";
import { CORE, type InstallCommand } from "./install-command.js";

/** Characters. */
const LONGEST_SHOWN = 60;

/**
 * What to say where the versions disagree: one sentence, a warning. What decides is `apiVersion` alone.
 *
 * @returns undefined where they agree, and where a package has nothing to say: no range, or another kind of one, as in a workspace
 */
export async function coreMismatch(
  { name, version, coreRange, repair }: Pick<PluginPackage, "name" | "version" | "coreRange" | "repair">,
  install: InstallCommand,
): Promise<string | undefined> {
  if (coreRange === undefined || surelyHolds(coreRange, coreVersion)) return undefined;
  if (await holds(coreRange, coreVersion)) return undefined;
  const range = coreRange.length <= LONGEST_SHOWN ? printable(coreRange) : "of other versions";
  // With pip one command updates both.
  const updates = new Set([repair?.update() ?? install(`${name}@latest`), install(`${CORE}@latest`)]);
  const ways = [...updates].map((command) => `\`${command}\``).join(" or ");
  return `the package ${name} ${version} is made for ${CORE} ${range}, and ${coreVersion} runs: update the older one, by ${ways}`;
}

/** A quick look at the ranges that most packages have: loading the library takes longer than to read all manifests. */
function surelyHolds(range: string, version: string): boolean {
  // In a workspace, and where one is installed from: whatever is there is what is meant.
  if (range === "*" || range.startsWith("workspace:")) return true;
  const wanted = parts(/^\^(\d{1,9})\.(\d{1,9})\.(\d{1,9})$/, range);
  const has = parts(/^(\d{1,9})\.(\d{1,9})\.(\d{1,9})$/, version);
  if (wanted === undefined || has === undefined) return false;
  const [major, minor, patch] = has;
  // Before 1.0 the minor version is the one that breaks; before 0.1 every one does, which the library knows.
  if (major !== wanted[0] || (major === 0 && (minor !== wanted[1] || minor === 0))) return false;
  return minor > wanted[1] || (minor === wanted[1] && patch >= wanted[2]);
}

function parts(form: RegExp, text: string): [number, number, number] | undefined {
  const found = form.exec(text)?.slice(1).map(Number);
  return found as [number, number, number] | undefined;
}

/** True also for what is no range. */
async function holds(range: string, version: string): Promise<boolean> {
  return (await isInRange(version, range)) ?? true;
}

/**
 * Whether a version is one of a range, as npm reads it. One that is not out yet counts as one of the range that it leads to.
 *
 * @returns undefined for what is no range
 */
export async function isInRange(version: string, range: string): Promise<boolean | undefined> {
  const { default: Range } = await import("semver/classes/range.js");
  try {
    return new Range(range, { includePrerelease: true }).test(version);
  } catch {
    return undefined;
  }
}
