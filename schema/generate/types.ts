import { compile, type JSONSchema } from "json-schema-to-typescript";

type Json = Record<string, unknown>;

const settings = {
  bannerComment: "",
  ignoreMinAndMaxItems: true,
  style: { printWidth: 120, singleQuote: false, semi: true },
};

/** What a shared value (values.schema.json) is in the file, and what it has become in a plugin's options. */
const inFile: Record<string, string> = {
  secret: "string | { env: string } | { file: string }",
  duration: "string",
  path: "string",
};
const inOptions: Record<string, string> = { secret: "SecretSource", duration: "number", path: "string" };

/** The type of the file as a person writes it. */
export function generateFileType(schema: Json): Promise<string> {
  return compile(withValues(schema, inFile) as JSONSchema, "ConfigFile", settings);
}

/** The type of a plugin's options as its factories get them: secrets and durations converted, defaults filled in. */
export async function generateOptionsType(schema: Json, name: string): Promise<string> {
  const title = `${name.replaceAll(/(^|-)([a-z])/g, (_, _dash, letter: string) => letter.toUpperCase())}Options`;
  const prepared = requireDefaults(withValues({ ...schema, title }, inOptions)) as JSONSchema;
  const types = await compile(prepared, title, settings);
  const needsSource = types.includes("SecretSource");
  return `${needsSource ? `import type { SecretSource } from "@mlflow-auth/core/plugin";\n\n` : ""}${types}`;
}

/** Replaces each reference to a shared value by the TypeScript type it has. */
function withValues(schema: unknown, types: Record<string, string>): unknown {
  if (Array.isArray(schema)) return schema.map((item) => withValues(item, types));
  if (typeof schema !== "object" || schema === null) return schema;
  const { $ref, ...rest } = schema as Json;
  const name = typeof $ref === "string" ? /^mlflow-auth:values#\/\$defs\/(\w+)$/.exec($ref)?.[1] : undefined;
  if (name === undefined) {
    return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withValues(value, types)]));
  }
  const tsType = types[name];
  if (tsType === undefined) throw new Error(`values.schema.json has no ${name}`);
  return { ...rest, tsType };
}

/** A property with a default is always there once core has filled it in. */
function requireDefaults(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(requireDefaults);
  if (typeof schema !== "object" || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, requireDefaults(value)]));
  const properties = copy["properties"];
  if (typeof properties === "object" && properties !== null) {
    const filled = Object.entries(properties as Record<string, Json>)
      .filter(([, property]) => typeof property === "object" && "default" in property)
      .map(([name]) => name);
    const required = new Set([...((copy["required"] as string[] | undefined) ?? []), ...filled]);
    if (required.size > 0) copy["required"] = [...required];
  }
  return copy;
}
