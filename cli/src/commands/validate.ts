import {
  type Config,
  formatProblem,
  isMlflowAuthError,
  loadConfig,
  type Problem,
} from "@mlflow-auth/core/internal/config";
import { exit, exitCodeOf } from "../exit-codes.js";
import { paint } from "../paint.js";
import { sourceOf } from "../where-from.js";

/** As commander gives them. */
export interface ValidateOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** Prints every problem of the file, or what it amounts to. */
export async function validate({ config: configFile, json }: ValidateOptions): Promise<number> {
  let config: Config;
  try {
    config = await loadConfig({ configFile });
  } catch (thrown) {
    if (!json || !isMlflowAuthError(thrown)) throw thrown;
    const { code, message, remedy, problems } = thrown;
    const listed = problems.length > 0 ? problems : [{ code, message, ...(remedy === undefined ? {} : { remedy }) }];
    console.log(JSON.stringify({ valid: false, problems: listed, warnings: [] }, undefined, 2));
    return exitCodeOf(code);
  }
  if (json) console.log(JSON.stringify(summary(config), undefined, 2));
  else printSummary(config);
  return exit.fine;
}

function summary({ file, servers, instances, warnings }: Config) {
  return {
    valid: true,
    file,
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

function printSummary(config: Config): void {
  const { servers, instances, warnings } = config;
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
  console.log(lines.join("\n"));
}

function names(list: readonly string[]): string {
  return list.length === 0 ? "none" : list.join(", ");
}
