import { join } from "node:path";
import { listedPackage, MlflowAuthError, workingFolder } from "@mlflow-auth/core/internal/config";
import { unlessCancelled } from "../cancelled.js";
import { type Kind, kindNames, kinds, kindsOf } from "../create-plugin/kinds.js";
import { readName } from "../create-plugin/name.js";
import { type OwnPackages, takeOwnPackages } from "../create-plugin/own-packages.js";
import { startedBy } from "../create-plugin/package-manager.js";
import { render, type Wanted } from "../create-plugin/render.js";
import { refusalOf, writeFolder } from "../create-plugin/write-folder.js";
import { exit } from "../exit-codes.js";
import { ownFolder, ownVersion } from "../own-package.js";
import { paint } from "../paint.js";
import { print } from "../print.js";
import { fileName } from "../where-from.js";

/** As commander gives them. */
export interface CreatePluginOptions extends Readonly<Partial<Record<Kind, boolean>>> {
  readonly js?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Makes the package of a new plugin in a folder of its own: asks for what no option says, where there is somebody to ask. */
export async function createPlugin(name: string | undefined, options: CreatePluginOptions): Promise<number> {
  const asks = !options.yes && process.stdin.isTTY === true && process.stderr.isTTY === true;
  return unlessCancelled(() => run(name, options, asks));
}

async function run(given: string | undefined, options: CreatePluginOptions, asks: boolean): Promise<number> {
  const here = workingFolder({ env: {}, otherwise: "start it where the package shall be made" });
  if (given !== undefined) refuseFolder(here, nameOf(given).folder);
  const wanted = await complete(given, options, asks, here);
  const folder = join(here, wanted.name.folder);
  refuseFolder(here, wanted.name.folder);
  const source = { folder: ownFolder, version: ownVersion() };
  const { files, own } = render(wanted, join(ownFolder, "templates"), (names) => takeOwnPackages(names, source));
  writeFolder(folder, files);
  warnOfOther(wanted);
  report(wanted, folder, [...files.keys()], own, options.json);
  return exit.fine;
}

/** @throws MlflowAuthError `USAGE` where there is no name, and nobody to ask */
async function complete(
  given: string | undefined,
  options: CreatePluginOptions,
  asks: boolean,
  here: string,
): Promise<Wanted> {
  const chosen = kindNames.filter((kind) => options[kind]);
  // Who says anything of these has said it all.
  const open = asks && chosen.length === 0 && !options.js;
  // Only who is asked waits for the prompts to load.
  const ask = open || (asks && given === undefined) ? await import("../create-plugin/ask.js") : undefined;
  const name = given ?? (await ask?.askName((folder) => refusalOf(join(here, folder))?.message));
  if (name === undefined) {
    const remedy = "name what the plugin is for: mlflow-auth create-plugin acme";
    throw new MlflowAuthError("USAGE", "the plugin has no name yet", { remedy });
  }
  return {
    name: nameOf(name),
    kinds: kindsOf((open ? await ask?.askKinds() : undefined) ?? chosen),
    language: (open ? await ask?.askLanguage() : undefined) ?? (options.js ? "javascript" : "typescript"),
  };
}

function nameOf(text: string) {
  const name = readName(text);
  if (typeof name !== "string") return name;
  throw new MlflowAuthError("USAGE", name, {
    remedy: "mlflow-auth create-plugin acme, or @team/mlflow-auth-plugin-acme",
  });
}

/** Who uses both has to say which one is meant. */
function warnOfOther({ name: { plugin, package: packageName } }: Wanted): void {
  const other = listedPackage(plugin);
  if (other === undefined || other === packageName) return;
  console.error(`mlflow-auth: ${other} has a plugin ${plugin}, too: a file that finds both must say \`package:\``);
}

function refuseFolder(here: string, folder: string): void {
  const refusal = refusalOf(join(here, folder));
  if (refusal !== undefined) throw refusal;
}

function report(
  { name, kinds: given, language }: Wanted,
  folder: string,
  files: readonly string[],
  { clone }: OwnPackages,
  json = false,
): void {
  const manager = startedBy(process.env);
  const next = [
    `cd ${name.folder} && ${manager.install}`,
    ...(language === "typescript" ? [manager.run("test"), manager.run("try")] : [manager.run("check"), manager.pack]),
  ];
  if (json) {
    const { package: packageName, plugin } = name;
    print(
      JSON.stringify(
        { folder, package: packageName, plugin, kinds: given, language, clone, files, next },
        undefined,
        2,
      ),
    );
    return;
  }
  const gives = given.map((kind) => kinds[kind].gives).join(", ");
  print(
    `${paint(process.stdout, "green", "written")}  ${fileName(folder)}: the plugin ${name.plugin}, which gives ${gives}`,
  );
  if (clone !== undefined) {
    console.error(
      `mlflow-auth: the packages of mlflow-auth in its vendor/ are those of ${fileName(clone)} as they are now`,
    );
  }
  print(`\nTry this next:\n${next.map((line) => `  ${line}`).join("\n")}`);
}
