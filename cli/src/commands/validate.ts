import { join } from "node:path";
import {
  type Config,
  commandGroup,
  formatProblem,
  isMlflowAuthError,
  loadConfig,
  type Problem,
  readPackage,
} from "@mlflow-auth/core/internal/config";
import { exit, exitCodeOf } from "../exit-codes.js";
import { paint } from "../paint.js";
import { print } from "../print.js";
import { sourceOf } from "../where-from.js";

/** As commander gives them. */
export interface ValidateOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/**
 * Prints every problem of the file, or what it amounts to.
 *
 * @param own the names of the program's own commands, which those of plugins must not have
 */
export async function validate({ config: configFile, json }: ValidateOptions, own: readonly string[]): Promise<number> {
  let config: Config;
  let warnings: readonly Problem[];
  try {
    config = await loadConfig({ configFile });
    warnings = [...config.warnings, ...(await warningsOfCommands(config, own))];
  } catch (thrown) {
    if (!json || !isMlflowAuthError(thrown)) throw thrown;
    const { code, message, remedy, problems } = thrown;
    const listed = problems.length > 0 ? problems : [{ code, message, ...(remedy === undefined ? {} : { remedy }) }];
    print(JSON.stringify({ valid: false, problems: listed, warnings: [] }, undefined, 2));
    return exitCodeOf(code);
  }
  if (json) print(JSON.stringify(summary(config, warnings), undefined, 2));
  else printSummary(config, warnings);
  return exit.fine;
}

/** About the commands of the packages that the file uses. Where none of these has one, as most have none, nothing is loaded for it. */
async function warningsOfCommands(config: Config, own: readonly string[]): Promise<Problem[]> {
  const folders = new Set(config.instances.map(({ package: { folder } }) => folder));
  const having = [...folders].filter((folder) =>
    readPackage(join(folder, "package.json"))?.mentions(`"${commandGroup}"`),
  );
  if (having.length === 0) return [];
  const { commandWarnings } = await import("../installed/plugin-commands.js");
  return await commandWarnings(config, having, own);
}

function summary({ file, environment, servers, instances }: Config, warnings: readonly Problem[]) {
  return {
    valid: true,
    file,
    ...(environment && { environment }),
    servers: servers.map(({ uri, auth, headers, tags }) => ({ uri, auth, headers, tags })),
    plugins: instances.map((instance) => ({
      name: instance.name,
      plugin: instance.plugin,
      package: instance.package.name,
      version: instance.package.version,
    })),
    problems: [] as Problem[],
    warnings,
  };
}

function printSummary(config: Config, warnings: readonly Problem[]): void {
  const { servers, instances } = config;
  for (const warning of warnings)
    console.error(`${paint(process.stderr, "yellow", "warning")}  ${formatProblem(warning)}`);
  const lines = [`${paint(process.stdout, "green", "valid")}  ${sourceOf(config)}`];
  lines.push("", "servers");
  for (const { uri, auth, headers, tags } of servers) {
    lines.push(`  ${uri}`, `    auth: ${names(auth)}   headers: ${names(headers)}   tags: ${names(tags)}`);
  }
  lines.push("", "plugins");
  for (const { name, package: from } of instances) lines.push(`  ${name}   ${from.name} ${from.version}`);
  if (instances.length === 0) lines.push("  none");
  print(lines.join("\n"));
}

function names(list: readonly string[]): string {
  return list.length === 0 ? "none" : list.join(", ");
}
