/** What a package's package.json says to core. */
import { similarName } from "../config/expectation.js";
import { jsonErrorOffset } from "../config/json-error.js";
import { isPrintable, pointerTo } from "../config/problems.js";
import { isObject } from "../config/schema-walk.js";
import { checkEntry } from "../discovery/check-manifest.js";
import { checkVersion } from "../discovery/declared-files.js";
import { isPackageName } from "../discovery/read-package.js";
import { commandGroup, groups } from "../provider/provider.js";
import { type CheckedPackage, declaredEntries } from "./checked-package.js";
import { inManifest, type PackageFinding } from "./finding.js";
import { placeAt, type TextPlace } from "./json-places.js";
import { refusalFinding } from "./refusals.js";

const knownGroups: readonly string[] = [...groups, commandGroup];
/** What core reads of `mlflow-auth-plugin`, and `loads`, which the checks of an import read. */
const knownKeys = ["apiVersion", "configSchema", "environment", "loads"];

/** Whether it can be read as what it is meant to be: without that, nothing else is judged. */
export function packageJsonFindings({ text, json, manifest }: CheckedPackage): PackageFinding[] {
  const error = (what: string, remedy: string, place?: TextPlace): PackageFinding[] => [
    { code: "package-json", severity: "error", what, file: "package.json", ...place, remedy },
  ];
  if (text === undefined)
    return error("there is no package.json that can be read", "run this in the folder of a plugin's package");
  const offset = jsonErrorOffset(text);
  if (offset !== undefined) {
    return error("package.json is not JSON", "correct what stands there", placeAt(text, offset));
  }
  if (!isPackageName(json["name"])) return error("package.json has no name that a package can have", "give it one");
  const found = groupFindings(json);
  if (found.length > 0 || (manifest !== undefined && declaredEntries(manifest).length > 0)) return found;
  const what = "package.json has no entry point of a group that core knows";
  return error(what, `add "entry-points" with ${knownGroups.map((group) => `\`${group}\``).join(", ")}`);
}

function groupFindings({ "entry-points": points }: Readonly<Record<string, unknown>>): PackageFinding[] {
  const pointer = "/entry-points";
  const finding = (what: string, at: string, remedy: string) => inManifest("error", "group", at, what, remedy);
  if (points === undefined) return [];
  if (!isObject(points)) return [finding("the entry points are no object", pointer, "write them by group and name")];
  return Object.entries(points).flatMap(([group, names]) => {
    const at = pointerTo(pointer, group);
    if (knownGroups.includes(group)) {
      const isFilled = isObject(names) && Object.keys(names).length > 0;
      return isFilled
        ? []
        : [finding(`the group \`${group}\` has no entry points`, at, "name one, or leave the group out")];
    }
    const shown = isPrintable(group) ? `\`${group}\`` : "a group";
    const meant = meantBy(group);
    const remedy =
      meant === undefined
        ? `use one of ${knownGroups.map((one) => `\`${one}\``).join(", ")}`
        : `did you mean \`${meant}\`?`;
    return [finding(`${shown} is a group of entry points that nobody reads`, at, remedy)];
  });
}

/** As core guesses it for users, and by the last part of the name. */
function meantBy(group: string): string | undefined {
  const last = (name: string) => name.split(".").at(-1) as string;
  const byLast = similarName(last(group), knownGroups.map(last));
  return similarName(group, knownGroups) ?? knownGroups.find((known) => last(known) === byLast);
}

/** Whether core speaks with it, and where its entry points lead. */
export function entryFindings({ json, manifest }: CheckedPackage): PackageFinding[] {
  if (manifest === undefined) return [];
  const found = refusedBy(() => checkVersion(manifest));
  const declared = json["mlflow-auth-plugin"];
  for (const key of isObject(declared) ? Object.keys(declared) : []) {
    if (knownKeys.includes(key)) continue;
    const meant = similarName(key, knownKeys);
    const what = `${isPrintable(key) ? `\`${key}\`` : "a key"} of "mlflow-auth-plugin" is one that nobody reads`;
    const remedy =
      meant === undefined ? `leave it out: there are ${knownKeys.join(", ")}` : `did you mean \`${meant}\`?`;
    found.push(inManifest("error", "interface", pointerTo("/mlflow-auth-plugin", key), what, remedy));
  }
  for (const { group, name, declared: entry } of declaredEntries(manifest)) {
    const pointer = pointerTo("/entry-points", group, name);
    found.push(...refusedBy(() => checkEntry(entry, group, name, manifest), pointer));
  }
  return found;
}

function refusedBy(judge: () => unknown, pointer?: string): PackageFinding[] {
  try {
    judge();
    return [];
  } catch (thrown) {
    return [refusalFinding(thrown, pointer)];
  }
}
