/** What a package's package.json says to npm, and to those who look for plugins. */
import { isObject } from "../config/schema-walk.js";
import { isInRange } from "../discovery/core-range.js";
import { CORE } from "../discovery/install-command.js";
import { namesOf } from "../discovery/manifests.js";
import type { CheckedPackage } from "./checked-package.js";
import { type FindingCode, inManifest, type PackageFinding } from "./finding.js";

const KEYWORD = "mlflow-auth-plugin";
/** The first Node that core runs on, as its own package.json has it. */
export const OLDEST_NODE = "22.19.0";

/** Whether it says which core and which Node it needs, and what lists of packages show. */
export async function publishingFindings({ json, manifest, core }: CheckedPackage): Promise<PackageFinding[]> {
  if (manifest === undefined) return [];
  // A command takes nothing of core but what it is given.
  const isProvider = namesOf(manifest).length > 0;
  return [...(await coreFindings(json, core, isProvider)), ...(await nodeFindings(json)), ...listingFindings(json)];
}

/** Two copies of core in one process would be two caches, and two of all else. */
async function coreFindings(
  json: Readonly<Record<string, unknown>>,
  core: string,
  isNeeded: boolean,
): Promise<PackageFinding[]> {
  const of = (kind: string) => (isObject(json[kind]) ? json[kind][CORE] : undefined);
  const found: PackageFinding[] = [];
  for (const kind of ["dependencies", "optionalDependencies"]) {
    if (of(kind) === undefined) continue;
    const remedy = `move it to "peerDependencies", and to "devDependencies" for the tests`;
    const what = `${CORE} is in "${kind}", so users get a second copy of it beside the one that runs`;
    found.push(inManifest("error", "core-range", `/${kind}/@mlflow-auth~1core`, what, remedy));
  }
  const range = of("peerDependencies");
  const pointer = "/peerDependencies";
  const remedy = `write "peerDependencies": { "${CORE}": "^${core}" }`;
  if (range === undefined) {
    if (isNeeded)
      found.push(inManifest("error", "core-range", pointer, `no range of ${CORE} is in "peerDependencies"`, remedy));
  } else if (typeof range !== "string" || !(await holdsCore(core, range))) {
    const what = `the range of ${CORE} in "peerDependencies" does not hold ${core}, which judges here`;
    found.push(inManifest("error", "core-range", `${pointer}/@mlflow-auth~1core`, what, remedy));
  }
  return found;
}

/** What a workspace has in place of the present version is one, too. */
async function holdsCore(core: string, range: string): Promise<boolean> {
  const [, shown = range] = /^workspace:(.*)$/.exec(range) ?? [];
  return /^[\^~]$/.test(shown) || (await isInRange(core, shown)) === true;
}

async function nodeFindings({ engines }: Readonly<Record<string, unknown>>): Promise<PackageFinding[]> {
  const range = isObject(engines) ? engines["node"] : undefined;
  const remedy = `write "engines": { "node": ">=22.19" }, as mlflow-auth has it, or more where the package needs more`;
  if (range === undefined) return [inManifest("warning", "node-range", "", "which Node it needs is not said", remedy)];
  const present = process.versions.node;
  const takes = async (version: string) => typeof range === "string" && (await isInRange(version, range)) === true;
  const [takesOldest, takesPresent] = [await takes(OLDEST_NODE), await takes(present)];
  if (takesOldest && takesPresent) return [];
  const told = (severity: PackageFinding["severity"], fault: string) => [
    inManifest(severity, "node-range", "/engines/node", `the Node that it asks for ${fault}`, remedy),
  ];
  if (!takesOldest && !takesPresent) {
    return told("error", "is neither the first that mlflow-auth runs on nor the one that runs here");
  }
  return told("warning", `leaves out ${takesOldest ? present : OLDEST_NODE}, on which mlflow-auth runs`);
}

function listingFindings(json: Readonly<Record<string, unknown>>): PackageFinding[] {
  const warning = (code: FindingCode, pointer: string, what: string, remedy: string) =>
    inManifest("warning", code, pointer, what, remedy);
  const found: PackageFinding[] = [];
  const { keywords, version, license, description } = json;
  if (!Array.isArray(keywords) || !keywords.includes(KEYWORD)) {
    found.push(warning("keyword", "", `nobody finds it by the keyword ${KEYWORD}`, `add "${KEYWORD}" to "keywords"`));
  }
  if (json["private"] === true) {
    found.push(warning("publishing", "/private", "it is private: npm refuses to publish it", 'leave "private" out'));
  }
  if (typeof version !== "string") {
    found.push(warning("publishing", "", "it has no version: npm refuses to publish it", 'write "version": "0.1.0"'));
  }
  if (typeof license !== "string") {
    found.push(
      warning("publishing", "", "it has no licence: others may not use it", 'write "license", and add the file'),
    );
  }
  if (typeof description !== "string" || description.trim() === "") {
    found.push(warning("publishing", "", "it has no description, which lists of packages show", 'write "description"'));
  }
  return found;
}
