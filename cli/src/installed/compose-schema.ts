/** The JSON Schema of the whole file with the plugins that are installed here: what editors complete from. */
import {
  checkManifest,
  configSchema,
  isMlflowAuthError,
  isObject,
  namesOf,
  type RootOptions,
  readInstalled,
  type Schema,
  valuesSchema,
} from "@mlflow-auth/core/internal/config";

/** Composes the schema of everything that is installed where the file may take plugins from. A package that is faulty or somebody else's is left out. */
export function installedSchema(options: RootOptions): Schema {
  const schemas = new Map<string, Schema>();
  const { manifests, roots } = readInstalled(options);
  for (const manifest of manifests.usable) {
    for (const name of namesOf(manifest)) {
      try {
        if (!schemas.has(name)) schemas.set(name, checkManifest(manifest, name, roots.trust).schema);
      } catch (error) {
        if (!isMlflowAuthError(error)) throw error;
      }
    }
  }
  return composeSchema(schemas);
}

/**
 * One self-contained schema (draft-07). It describes the text before variables are filled in, so it is wider than the plugins'
 * own: `${NAME}` may stand for any value, and what falls back to a variable may be left out.
 *
 * @param plugins the schema of the options by entry-point name
 */
function composeSchema(plugins: ReadonlyMap<string, Schema>): Schema {
  const core = structuredClone(configSchema) as { $defs: Record<string, Schema>; properties: Record<string, Schema> };
  const instance = core.$defs["instance"] as Schema;
  const names = [...plugins.keys()];
  const ref = (name: string) => ({ $ref: `#/$defs/${definitionOf(name)}` });
  const byPlugin = {
    type: "object",
    required: ["plugin"],
    properties: { plugin: { ...optionOf(instance, "plugin"), examples: names } },
    allOf: names.map((name) => when({ properties: { plugin: { const: name } } }, ref(name))),
  };
  // Under a plugin's own name there may still be an instance of another plugin.
  const byName = (name: string) =>
    when(
      { required: ["plugin"], properties: { plugin: { not: { const: name } } } },
      { $ref: "#/$defs/instance-by-plugin" },
      ref(name),
    );
  const defs: Record<string, Schema> = { ...core.$defs, ...(valuesSchema["$defs"] as Record<string, Schema>) };
  for (const [name, schema] of plugins)
    defs[definitionOf(name)] = withCoreOptions(embed(schema, definitionOf(name)), instance);
  defs["instance-by-plugin"] = byPlugin;
  const composed = {
    ...core,
    properties: {
      ...core.properties,
      plugins: {
        ...core.properties["plugins"],
        properties: Object.fromEntries(names.map((name) => [name, byName(name)])),
        additionalProperties: { $ref: "#/$defs/instance-by-plugin" },
      },
    },
    $defs: defs,
  };
  const { $id: _, ...widened } = widen(embed(composed, undefined)) as Schema;
  return { ...widened, $defs: { ...(widened["$defs"] as object), variable } };
}

const variable = {
  type: "string",
  pattern: "\\$\\{[^}]+\\}",
  description: "A variable: `${NAME}` or `${NAME:-default}`.",
};

function when(condition: Schema, consequence: Schema, otherwise?: Schema): Schema {
  // biome-ignore lint/suspicious/noThenProperty: the keyword's name in JSON Schema
  return { if: condition, then: consequence, ...(otherwise && { else: otherwise }) };
}

function definitionOf(plugin: string): string {
  return `plugin-${plugin.replaceAll(/[^\w.-]/g, "-")}`;
}

function optionOf(instance: Schema, name: string): Schema {
  return (instance["properties"] as Record<string, Schema>)[name] as Schema;
}

function withCoreOptions(schema: Schema, instance: Schema): Schema {
  return {
    ...schema,
    properties: { ...(instance["properties"] as object), ...(schema["properties"] as object | undefined) },
  };
}

/** Makes references to the shared values, and a plugin's references into its own schema, hold inside the composed one. */
function embed<T>(schema: T, definition: string | undefined): T {
  return mapSchema(schema, (part) => {
    const { $id: _, $schema: __, ...rest } = part;
    const inner = definition === undefined ? part : rest;
    const { $ref } = inner;
    if (typeof $ref !== "string") return inner;
    const shared = $ref.replace(/^mlflow-auth:values#/, "#");
    const own = definition !== undefined && $ref.startsWith("#") ? `#/$defs/${definition}${$ref.slice(1)}` : shared;
    return { ...inner, $ref: own };
  });
}

function widen<T>(schema: T): T {
  return mapSchema(schema, (part) => {
    const properties = isObject(part["properties"]) ? part["properties"] : {};
    const required = Array.isArray(part["required"])
      ? { required: part["required"].filter((name) => !isObject(properties[name]) || !("x-env" in properties[name])) }
      : {};
    const { type, pattern, enum: values, minimum, maximum, ...rest } = part;
    const isNarrow =
      ["boolean", "integer", "number"].includes(String(type)) || (type === "string" && pattern !== undefined);
    if ((!isNarrow && values === undefined) || part["pattern"] === variable.pattern) return { ...part, ...required };
    const narrow = { type, pattern, enum: values, minimum, maximum };
    return {
      ...rest,
      anyOf: [
        Object.fromEntries(Object.entries(narrow).filter(([, value]) => value !== undefined)),
        { $ref: "#/$defs/variable" },
      ],
    };
  });
}

/** Rebuilds a schema from the inside out. What is data in it (`default`, `const` …) is left alone. */
function mapSchema<T>(schema: T, change: (part: Schema) => Schema): T {
  if (Array.isArray(schema)) return schema.map((item) => mapSchema(item, change)) as T;
  if (!isObject(schema)) return schema;
  const entries = Object.entries(schema).map(([key, value]) => {
    if (["default", "const", "enum", "examples", "required", "discriminator"].includes(key)) return [key, value];
    if (!["properties", "$defs", "definitions"].includes(key)) return [key, mapSchema(value, change)];
    const members = Object.entries(value as object).map(([name, member]) => [name, mapSchema(member, change)]);
    return [key, Object.fromEntries(members)];
  });
  return change(Object.fromEntries(entries)) as T;
}
