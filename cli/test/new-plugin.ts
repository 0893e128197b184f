/** Packages of new plugins as `create-plugin` makes them, in folders of their own, without a start of the command. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Kind, kindsOf } from "../src/create-plugin/kinds.js";
import { type PluginName, readName } from "../src/create-plugin/name.js";
import type { OwnPackages } from "../src/create-plugin/own-packages.js";
import { render } from "../src/create-plugin/render.js";
import type { Language } from "../src/create-plugin/templates.js";
import { writeFolder } from "../src/create-plugin/write-folder.js";

/** The folder of the templates. */
export const templates = fileURLToPath(new URL("../templates", import.meta.url));

/** Every way of choosing: each kind alone, and all that go together. */
export const choices: readonly (readonly Kind[])[] = [
  ["auth"],
  ["headers"],
  ["tags"],
  ["signs"],
  ["auth", "headers", "tags"],
  ["signs", "headers", "tags"],
];

/** Of these the ones that hold every module there is. */
export const fullChoices = choices.filter(({ length }) => length > 1);

export function named(text: string): PluginName {
  const name = readName(text);
  if (typeof name === "string") throw new Error(name);
  return name;
}

/** The files of a package that takes ours from a registry. */
export function filesOf(chosen: readonly Kind[], language: Language = "typescript", name = "my-store") {
  const take = (names: readonly string[]): OwnPackages => ({
    range: "^0.1.0 || ^7.8.9",
    specs: Object.fromEntries(names.map((one) => [one, "^0.1.0 || ^7.8.9"])),
    files: new Map(),
    clone: undefined,
  });
  return render({ name: named(name), kinds: kindsOf(chosen), language }, templates, take).files as Map<string, string>;
}

/** An empty folder, links resolved. */
export function emptyFolder() {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "mlflow-auth-new-plugin-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Writes such a package below a folder, and gives its own. */
export function writePackage(parent: string, chosen: readonly Kind[], language: Language = "typescript"): string {
  const folder = join(parent, named("my-store").folder);
  writeFolder(folder, filesOf(chosen, language));
  return folder;
}
