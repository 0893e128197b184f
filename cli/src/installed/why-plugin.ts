/** `mlflow-auth plugins --why NAME`. */
import { type Group, type Installed, printable, type WantedPlugin } from "@mlflow-auth/core/internal/config";
import { exit } from "../exit-codes.js";
import { paint } from "../paint.js";
import { print } from "../print.js";
import { fileName } from "../where-from.js";
import { type Candidate, type Explanation, explainPlugin } from "./explain-plugin.js";
import type { FileInstances } from "./file-instances.js";
import { interfaceNames, listPlugins } from "./list-plugins.js";

/**
 * Says which roots were looked in, what lies there under that name, and what became of it.
 *
 * @param name of a plugin, of an instance of the file, or of a package
 */
export function explain(name: string, file: FileInstances, installed: Installed, json = false): number {
  const wanted = meaningOf(name, file, installed);
  const explanation = explainPlugin(wanted, installed);
  if (json) print(JSON.stringify(summary(name, wanted, explanation), undefined, 2));
  else printAnswer(name, wanted, explanation, { ...file, python: installed.roots.python?.prefix });
  return explanation.fault === undefined ? exit.fine : exit.problem;
}

function meaningOf(name: string, { instances = [] }: FileInstances, installed: Installed): WantedPlugin {
  const instance = instances.find((candidate) => candidate.name === name);
  if (instance !== undefined) return { plugin: instance.plugin, package: instance.package };
  const packages = listPlugins(installed);
  const named = packages.find((candidate) => candidate.name === name);
  const isPlugin = packages.some(({ plugins }) => plugins.some((plugin) => plugin.name === name));
  if (isPlugin || (named === undefined && !/^@[\w.~-]+\/[\w.~-]+$/.test(name))) return { plugin: name };
  return { plugin: named?.plugins[0]?.name ?? name, package: name };
}

function summary(name: string, wanted: WantedPlugin, { found, fault, roots }: Explanation) {
  return {
    name,
    plugin: wanted.plugin,
    found: found === undefined ? null : { ...found.package, interfaces: interfaceNames(groupsOf(found)) },
    ...(fault && { fault }),
    roots,
  };
}

function printAnswer(
  name: string,
  wanted: WantedPlugin,
  { found, fault, roots }: Explanation,
  { python, ...file }: FileInstances & { readonly python: string | undefined },
): void {
  const shown = paint(process.stdout, "bold", printable(name));
  const lines: string[] = [];
  if (fault !== undefined) {
    lines.push(`${shown} can't be used: ${paint(process.stdout, "red", fault.code)}`, `  ${printable(fault.message)}`);
  } else if (found !== undefined) {
    const { name: packageName, version, folder } = found.package;
    lines.push(`${shown} is found: ${packageName} ${version}`, `  ${printable(folder)}`);
    lines.push(`  gives ${interfaceNames(groupsOf(found)).join(", ")}`, `  ${usage(wanted, file)}`);
  }
  lines.push("", "Looked in, the first wins:");
  for (const [index, { folder, origin, candidates }] of roots.entries()) {
    lines.push(`  ${index + 1}. ${printable(folder)}   ${paint(process.stdout, "dim", origins[origin])}`);
    for (const candidate of candidates) lines.push(`       ${describe(candidate)}`);
    if (candidates.length === 0) lines.push("       nothing of this name");
  }
  if (roots.length === 0) {
    const nothing = "there is no package.json upwards from here";
    lines.push(`  no folder: ${nothing}${python === undefined ? "" : `, and no plugin in ${printable(python)}`}`);
  }
  print(lines.join("\n"));
}

const origins: Readonly<Record<Explanation["roots"][number]["origin"], string>> = {
  project: "the project around the file, or around this folder",
  workspace: "the root of its workspace",
  variable: "MLFLOW_AUTH_PLUGIN_ROOT",
  environment: "the Python environment that mlflow-auth is installed in",
  command: "where the running command is installed",
  core: "where @mlflow-auth/core is installed",
};

const statuses: Readonly<Record<Candidate["status"], string>> = {
  used: "used",
  shadowed: "passed over: the same package in a folder above comes first",
  ambiguous: "one of several that provide it: say which with `package:`",
  faulty: "its package.json or schema can't be used",
  untrusted: "not trusted",
  command: "gives a command of this name, and nothing that a file enables",
  undeclared: "lies there, but package.json does not name it as a dependency",
};

function describe({ package: name, version, folder, status, reason }: Candidate): string {
  const why = reason === undefined ? statuses[status] : `${statuses[status]}: ${reason}`;
  const state = paint(process.stdout, status === "used" ? "green" : "yellow", printable(why));
  return `${name} ${version} (${printable(folder)}): ${state}`;
}

function usage({ plugin }: WantedPlugin, { found, instances, fault, switches }: FileInstances): string {
  if (instances === undefined) return `enabled or not is unknown: ${printable(fault?.message ?? "")}`;
  const users = instances.filter((instance) => instance.enabled && instance.plugin === plugin).map(({ name }) => name);
  const environment = switches && `there is no file here, and the environment (${switches.join(", ")})`;
  const source = found === undefined ? (environment ?? "there is no file here") : fileName(found.file);
  if (users.length > 0) return `${source} enables it as ${users.map(printable).join(", ")}`;
  return found === undefined
    ? `not enabled: ${source}; \`mlflow-auth init\` writes one`
    : `not enabled: ${source} has no instance of it under \`plugins\``;
}

function groupsOf({ entries }: NonNullable<Explanation["found"]>): Group[] {
  return Object.keys(entries) as Group[];
}
