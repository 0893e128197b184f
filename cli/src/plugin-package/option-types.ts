/**
 * The TypeScript types that JSON Schemas amount to: of a plugin's options, and of the file. Made by json-schema-to-typescript, which is
 * given, for it is far larger than all of this program.
 */

type Json = Record<string, unknown>;

/** `compile` of json-schema-to-typescript. */
export type CompileTypes = (schema: never, name: string, settings: object) => Promise<string>;

const settings = {
  bannerComment: "",
  ignoreMinAndMaxItems: true,
  style: { printWidth: 120, singleQuote: false, semi: true },
  // A reference may lead into the schema alone: none is a file that is read, or an address that is asked.
  $refOptions: { resolve: { external: false } },
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
export function fileType(schema: Json, compile: CompileTypes): Promise<string> {
  return compile(withValues(schema, inFile, {}) as never, "ConfigFile", settings);
}

/** What a module of generated types begins with, whatever it was made of. */
export const GENERATED = "// Generated from ";

/** Where the module belongs in its package. @param inner the folder of a package's second plugin; empty for the first */
export function optionsFile(inner: string): string {
  return ["src", ...(inner === "" ? [] : [inner]), "generated/options.ts"].join("/");
}

/**
 * The type of a plugin's options as its factories get them: secrets and durations converted, defaults filled in.
 *
 * @param plugin its name: `acme` gives a module that exports `AcmeOptions`
 * @param schema.file where it stands in its package, for the banner
 * @param values values.schema.json
 * @returns the source of the module
 * @throws Error, in its own words, for a schema that the compiler can't use
 */
export async function optionsModule(
  plugin: string,
  schema: { readonly json: Json; readonly file: string },
  values: Json,
  compile: CompileTypes,
): Promise<string> {
  const title = optionsTypeName(plugin);
  const { $id: _, ...anonymous } = schema.json;
  const fields = withoutChoices(anonymous) as Json;
  const prepared = requireDefaults(withValues({ ...fields, title }, inOptions, values["$defs"] as Json));
  const types = await compile(prepared as never, title, settings);
  const imported = ["CachePolicy", "CredentialOptions", "SecretSource"].filter((type) => types.includes(type));
  const banner = `${GENERATED}${schema.file} by \`mlflow-auth plugins --types\`. Don't edit: run that again.\n`;
  return imported.length === 0
    ? banner + types
    : `${banner}import type { ${imported.join(", ")} } from "@mlflow-auth/core/plugin";\n\n${types}`;
}

/** What the type is called: of `acme`, `AcmeOptions`; of `acme-sso`, `AcmeSsoOptions`. */
export function optionsTypeName(plugin: string): string {
  const words = plugin.split(/[^A-Za-z\d]+/).filter((word) => word !== "");
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  // A type's name does not begin with a digit; and as the compiler would have it, behind one stands a capital.
  const whole = /^[A-Z]/.test(name) ? `${name}Options` : `Plugin${name}Options`;
  return whole.replaceAll(/\d[a-z]/g, (pair) => pair.toUpperCase());
}

/** The schema without its choices of fields, at every place. */
function withoutChoices(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutChoices);
  if (typeof schema !== "object" || schema === null) return schema;
  const kept = Object.entries(schema)
    .filter(([key, value]) => !(combinations.has(key) && isChoiceOfFields(value)))
    .map(([key, value]) => [key, withoutChoices(value)]);
  const { allOf, ...others } = Object.fromEntries(kept) as Json;
  if (!Array.isArray(allOf)) return { ...others, ...(allOf !== undefined && { allOf }) };
  const parts = allOf.filter(
    (part) => typeof part !== "object" || Object.keys(part).some((key) => !conditions.has(key)),
  );
  return { ...others, ...(parts.length > 0 && { allOf: parts }) };
}

const combinations = new Set(["oneOf", "anyOf"]);
/** What says only which fields go together: of it TypeScript would make an open object. */
const conditions = new Set(["if", "then", "else", "not", "required"]);

/** Branches that say which fields have to be given and nothing of these fields: TypeScript would make another object of each. */
function isChoiceOfFields(branches: unknown): boolean {
  return Array.isArray(branches) && branches.every((branch) => Object.keys(branch as Json).join() === "required");
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
