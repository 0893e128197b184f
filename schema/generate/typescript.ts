/** The TypeScript that is made of the JSON Schemas: types, and the validator of the file. */
import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { compile, type JSONSchema } from "json-schema-to-typescript";
import { annotations } from "../src/annotations.ts";

type Json = Record<string, unknown>;

const settings = {
  bannerComment: "",
  ignoreMinAndMaxItems: true,
  style: { printWidth: 120, singleQuote: false, semi: true },
};

/** The type of a shared value (values.schema.json) in the file, and in a plugin's options, where core has converted it. */
const inFile: Record<string, string> = {
  secret: "string | { env: string } | { file: string }",
  duration: "string",
  path: "string",
};
const inOptions: Record<string, string> = {
  secret: "SecretSource",
  duration: "number",
  path: "string",
  credential: "CredentialOptions",
  cache: "Required<CachePolicy>",
};

/** The type of the file as a person writes it, as the source of a module that exports `ConfigFile`. */
export function generateFileType(schema: Json): Promise<string> {
  return compile(withValues(schema, inFile, {}) as JSONSchema, "ConfigFile", settings);
}

/**
 * The type of a plugin's options as its factories get them: secrets and durations converted, defaults filled in.
 *
 * @param name the plugin's name: `vault` gives a module that exports `VaultOptions`
 * @param values values.schema.json
 */
export async function generateOptionsType(schema: Json, name: string, values: Json): Promise<string> {
  const title = `${name.replaceAll(/(^|-)([a-z])/g, (_, _dash, letter: string) => letter.toUpperCase())}Options`;
  const prepared = requireDefaults(withValues({ ...schema, title }, inOptions, values["$defs"] as Json)) as JSONSchema;
  const types = await compile(prepared, title, settings);
  const imported = ["CachePolicy", "CredentialOptions", "SecretSource"].filter((type) => types.includes(type));
  return imported.length === 0
    ? types
    : `import type { ${imported.join(", ")} } from "@mlflow-auth/core/plugin";\n\n${types}`;
}

/** Replaces each reference to a shared value by the TypeScript type it has. What is said beside the reference wins. */
function withValues(schema: unknown, types: Record<string, string>, values: Json): unknown {
  if (Array.isArray(schema)) return schema.map((item) => withValues(item, types, values));
  if (typeof schema !== "object" || schema === null) return schema;
  const { $ref, ...rest } = schema as Json;
  const name = typeof $ref === "string" ? /^mlflow-auth:values#\/\$defs\/(\w+)$/.exec($ref)?.[1] : undefined;
  if (name === undefined) {
    return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withValues(value, types, values)]));
  }
  const tsType = types[name];
  if (tsType === undefined) throw new Error(`values.schema.json has no ${name}`);
  const { description, default: filled } = (values[name] ?? {}) as Json;
  return { ...(filled !== undefined && { description, default: filled }), ...rest, tsType };
}

/** Makes each property with a default a required one, for core fills it in. */
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

/**
 * The source of a module that exports `validateConfig`, which checks the core part of the file without ajv.
 *
 * @throws Error for a keyword whose validator imports ajv at run time
 */
export function generateValidator(config: object, values: object): string {
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, code: { source: true, esm: true, lines: true } });
  for (const keyword of annotations) ajv.addKeyword(keyword);
  ajv.addSchema(values);
  ajv.addSchema(config);
  const code = standalone.default(ajv, { validateConfig: "mlflow-auth:config" });
  if (/\brequire\(/.test(code))
    throw new Error("The core schema uses a keyword whose validator needs ajv at run time (minLength, uniqueItems …).");
  return `// @ts-nocheck\n${code}\n`;
}
