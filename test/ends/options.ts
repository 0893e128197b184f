/** Every option that the file can have, read from the schemas themselves: so that none can be forgotten. */
import { readFileSync } from "node:fs";

type Json = Record<string, unknown>;

const read = (path: string) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")) as Json;

const core = read("schema/config.schema.json");
const definitions = core["$defs"] as Record<string, Json>;
const values = read("schema/values.schema.json")["$defs"] as Record<string, Json>;

/** What a trial gives the command. */
export interface Given {
  readonly file: Json;
  readonly env: Readonly<Record<string, string>>;
}

/** The second plugin of a package has its schema in a folder of its name. */
const folders: Readonly<Record<string, string>> = { sigv4: "aws/sigv4" };
const schemaOf = (plugin: string) => read(`plugins/${folders[plugin] ?? plugin}/config.schema.json`);

/** Names such as `server.tls.ca`, `vault.auth(approle).secretId` and, for a variable that stands in for an option, `$VAULT_ADDR`. */
export function everyOption(plugins: readonly string[]): Set<string> {
  const names = new Set<string>();
  walk(names, core, "file");
  walk(names, definitions["server"] as Json, "server");
  walk(names, definitions["instance"] as Json, "instance");
  for (const plugin of plugins) walk(names, schemaOf(plugin), plugin);
  return names;
}

/** Those of them that a trial uses. */
export function optionsOf({ file, env }: Given, plugins: readonly string[]): Set<string> {
  const names = new Set<string>(Object.keys(env).map((name) => `$${name}`));
  walk(names, core, "file", file);
  for (const server of (file["servers"] ?? []) as Json[]) walk(names, definitions["server"] as Json, "server", server);
  for (const [name, options] of Object.entries((file["plugins"] ?? {}) as Record<string, Json>)) {
    walk(names, definitions["instance"] as Json, "instance", options);
    const plugin = (options["plugin"] as string | undefined) ?? name;
    if (plugins.includes(plugin)) walk(names, schemaOf(plugin), plugin, options);
  }
  return names;
}

/** Without `data` every option of the schema, and the variables for each; otherwise those that `data` has. */
function walk(names: Set<string>, schema: Json, at: string, data?: Json): void {
  const { $ref } = schema;
  const shared = typeof $ref === "string" ? values[$ref.replace("mlflow-auth:values#/$defs/", "")] : undefined;
  // Of what all parts of the file share most, such as a secret, is a value and has no options of its own.
  if (shared !== undefined && !("x-value" in shared)) {
    walk(names, shared, at, data);
    return;
  }
  if (typeof $ref === "string" && $ref.startsWith("#/$defs/")) {
    walk(names, definitions[$ref.slice("#/$defs/".length)] as Json, at, data);
    return;
  }
  const tag = (schema["discriminator"] as { propertyName: string } | undefined)?.propertyName;
  for (const branch of (schema["oneOf"] ?? schema["anyOf"] ?? schema["allOf"] ?? []) as Json[]) {
    const value = tag && ((branch["properties"] as Record<string, Json>)[tag] as Json)["const"];
    if (data === undefined || tag === undefined || data[tag] === value) {
      walk(names, branch, value === undefined ? at : `${at}(${value})`, data);
    }
  }
  for (const [name, property] of Object.entries((schema["properties"] ?? {}) as Record<string, Json>)) {
    if (data !== undefined && !(name in data)) continue;
    const inner = data?.[name];
    names.add(`${at}.${name}`);
    if (data === undefined) for (const variable of (property["x-env"] ?? []) as string[]) names.add(`$${variable}`);
    if (data === undefined || (typeof inner === "object" && inner !== null)) {
      walk(names, property, `${at}.${name}`, inner as Json | undefined);
    }
  }
}
