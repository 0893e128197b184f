/** A package as it should be, in which a test makes one mistake. */
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkedPackage } from "../../src/package-check/checked-package.js";
import { packageChecks } from "../../src/package-check/checks.js";
import { type PackageFinding, placeOf } from "../../src/package-check/finding.js";
import { temporaryFolder } from "../discovery/plugin-packages.js";

const sound = fileURLToPath(new URL("../testing/bad-plugins/sound", import.meta.url));
const core = fileURLToPath(new URL("../..", import.meta.url));

type Json = Record<string, unknown>;

export interface SoundPackage {
  readonly folder: string;
  /** A file as text, or as an object that becomes JSON; undefined: it is taken away. */
  write(name: string, content: string | object | undefined): void;
  /** Changes a JSON file, such as its package.json. */
  change(name: string, change: (json: Json) => unknown): void;
  /** Gives its schema one more option. */
  option(name: string, schema: unknown): void;
}

/** As it would be installed: beside core, and a package `store-sdk`. */
export function soundPackage(): SoundPackage {
  const project = temporaryFolder();
  const folder = join(project, "node_modules/mlflow-auth-plugin-sound");
  cpSync(sound, folder, { recursive: true });
  mkdirSync(join(project, "node_modules/@mlflow-auth"));
  symlinkSync(core, join(project, "node_modules/@mlflow-auth/core"));
  const write: SoundPackage["write"] = (name, content) => {
    const file = join(folder, name);
    if (content === undefined) return rmSync(file);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  };
  write("../store-sdk/package.json", { name: "store-sdk", version: "1.0.0", main: "index.js", type: "module" });
  write("../store-sdk/index.js", "export const tokenOf = ({ text }) => text;");
  const change: SoundPackage["change"] = (name, act) => {
    const json = JSON.parse(readFileSync(join(folder, name), "utf8")) as Json;
    write(name, (act(json) as Json | undefined) ?? json);
  };
  // It is private for the sake of this repository alone.
  change("package.json", (json) => void delete json["private"]);
  return {
    folder,
    write,
    change,
    option: (name, schema) =>
      change("config.schema.json", (json) => void Object.assign(json["properties"] as Json, { [name]: schema })),
  };
}

/** All findings, without what a packed package alone shows. @param longest milliseconds that an import may take */
export function findingsOf(folder: string, longest?: number): Promise<PackageFinding[]> {
  return findingsBy(packageChecks, folder, longest);
}

/** Those of them that are found without an import. */
export function findingsWithoutImport(folder: string): Promise<PackageFinding[]> {
  return findingsBy(
    packageChecks.filter(({ runsCode }) => !runsCode),
    folder,
  );
}

async function findingsBy(checks: typeof packageChecks, folder: string, longest?: number): Promise<PackageFinding[]> {
  const checked = checkedPackage(folder, { core: "0.1.0", longest });
  const found: PackageFinding[] = [];
  for (const { find } of checks) found.push(...(await find(checked)));
  return found;
}

/** As `error default config.schema.json#/properties/realm/default`. */
export function shownFinding(finding: PackageFinding): string {
  return [finding.severity, finding.code, placeOf(finding)].join(" ").trimEnd();
}
