import {
  type Installed,
  MlflowAuthError,
  ownPackage,
  printable,
  readInstalled,
  SEARCH,
} from "@mlflow-auth/core/internal/config";
import { exit } from "../exit-codes.js";
import { type FileInstances, fileInstances, findOptionsOf, rootOptionsOf } from "../installed/file-instances.js";
import { type Fault, interfaceNames, judgePlugins, type ListedPackage } from "../installed/list-plugins.js";
import { commandFault } from "../installed/plugin-commands.js";
import { explain } from "../installed/why-plugin.js";
import { paint } from "../paint.js";
import { print } from "../print.js";
import { fileName } from "../where-from.js";

/** As commander gives them. */
export interface PluginsOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly why?: string;
  /** The folder of a package that is worked on; true for the working directory. */
  readonly types?: string | true;
  readonly check?: string | true;
  /** False with `--no-import`. */
  readonly import?: boolean;
}

/**
 * Prints the plugins that are installed, or why one of them was or was not found. Imports none. Or does something for a plugin's package
 * that is worked on.
 *
 * @param own the names of the program's own commands
 */
export async function plugins(
  { config: configFile, json, why, types, check, import: imports = true }: PluginsOptions,
  own: readonly string[],
): Promise<number> {
  if (types !== undefined) {
    const { writeTypes } = await import("../plugin-package/write-types.js");
    return writeTypes(types === true ? undefined : types, json);
  }
  if (check !== undefined) {
    const { checkPackage } = await import("../plugin-package/check-package.js");
    return checkPackage({ named: check === true ? undefined : check, imports, json });
  }
  if (!imports) {
    const remedy = "leave it out: this imports nothing anyway";
    throw new MlflowAuthError("USAGE", "--no-import goes with --check alone", { remedy });
  }
  const where = findOptionsOf(configFile);
  const file = await fileInstances(where);
  const installed = readInstalled(rootOptionsOf(file, where));
  if (why !== undefined) return explain(why, file, installed, json);
  const sources = { file, installed };
  const packages = (await judgePlugins(installed)).map((listed) => ({
    ...listed,
    commands: listed.commands.map((name) => ({ name, fault: listed.refused ?? commandFault(name, sources, own) })),
  }));
  if (json) print(JSON.stringify(summary(packages, file), undefined, 2));
  else printList(packages, file, installed);
  return exit.fine;
}

/** With what is wrong with each of its commands. */
type ShownPackage = Omit<ListedPackage, "commands"> & {
  readonly commands: readonly { readonly name: string; readonly fault: Fault | undefined }[];
};

function summary(packages: readonly ShownPackage[], file: FileInstances) {
  return {
    file: file.found?.file ?? null,
    packages: packages.map(({ name, version, folder, plugins: listed, commands, slipped, warning }) => ({
      name,
      version,
      folder,
      ...(slipped && { fault: slipped }),
      ...(warning && { warning }),
      commands: commands.map(({ name: command, fault }) => ({ name: command, ...(fault && { fault }) })),
      plugins: listed.map(({ name: plugin, interfaces, fault }) => ({
        name: plugin,
        interfaces: interfaceNames(interfaces),
        // null: the file can't be read, so nobody knows.
        enabledAs: enabledAs(plugin, name, file) ?? null,
        ...(fault && { fault }),
      })),
    })),
  };
}

function printList(packages: readonly ShownPackage[], file: FileInstances, { install, roots }: Installed): void {
  if (file.fault !== undefined) {
    console.error(`mlflow-auth: which plugins are enabled is unknown: ${printable(file.fault.message)}`);
    console.error("  Try this: mlflow-auth validate");
  }
  for (const { name, version, folder, plugins: listed, commands, slipped, warning } of packages) {
    print(`${paint(process.stdout, "bold", name)} ${version}   ${paint(process.stdout, "dim", printable(folder))}`);
    for (const { name: plugin, interfaces, fault } of listed) {
      const state =
        fault === undefined ? stateOf(enabledAs(plugin, name, file)) : paint(process.stdout, "red", fault.code);
      print(`  ${printable(plugin)}   ${interfaceNames(interfaces).join(", ")}   ${state}`);
      if (fault !== undefined) print(`    ${printable(fault.message)}`);
    }
    for (const { name: command, fault } of commands) {
      const state =
        fault === undefined ? `mlflow-auth ${printable(command)}` : paint(process.stdout, "red", fault.code);
      print(`  ${printable(command)}   command   ${state}`);
      if (fault !== undefined) print(`    ${printable(fault.message)}`);
    }
    if (warning !== undefined) {
      print(`  ${paint(process.stdout, "yellow", warning.code)}`);
      print(`    ${printable(warning.message)}`);
    }
    if (slipped !== undefined) {
      print(`  ${paint(process.stdout, "red", slipped.code)}`);
      print(`    ${printable(slipped.message)}`);
    } else if (listed.length + commands.length === 0)
      print("  no entry point: its package.json declares none for mlflow-auth");
  }
  if (packages.length === 0) {
    const place = file.found === undefined ? "here" : `where ${fileName(file.found.file)} may take them from`;
    print(`no plugin is installed ${place}`);
    console.error(`  Try this: ${install(ownPackage("vault"))}`);
    console.error(`  or another one: \`${SEARCH}\` lists what is published`);
    const places = [...roots.folders.map(({ folder }) => folder), ...(roots.python ? [roots.python.prefix] : [])];
    console.error(`  Looked in: ${places.map(printable).join(", ") || "no folder"}`);
  }
}

/** The names of the enabled instances that use a plugin; undefined where the file can't be read. */
function enabledAs(plugin: string, packageName: string, { instances }: FileInstances): string[] | undefined {
  return instances
    ?.filter((instance) => instance.enabled && instance.plugin === plugin)
    .filter((instance) => instance.package === undefined || instance.package === packageName)
    .map(({ name }) => name);
}

function stateOf(names: readonly string[] | undefined): string {
  if (names === undefined) return paint(process.stdout, "yellow", "enabled or not: unknown");
  if (names.length === 0) return "not enabled";
  return paint(process.stdout, "green", `enabled as ${names.map(printable).join(", ")}`);
}
