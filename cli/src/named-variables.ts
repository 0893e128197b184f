import type { Config } from "@mlflow-auth/core/internal";

/** The environment variables that the file names by `{ env: NAME }`: each holds a credential that only the authorizer needs. */
export function variablesOf(config: Config): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { options } of config.instances) collect(options, names);
  return names;
}

function collect(value: unknown, names: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  if ("read" in value && "origin" in value) {
    const { variable } = value as { variable?: unknown };
    if (typeof variable === "string") names.add(variable);
    return;
  }
  for (const member of Object.values(value)) collect(member, names);
}
