/** docs/configuration.md: every field of the configuration file, from the schemas. */

type Json = Record<string, unknown>;

/** A plugin whose options get a section. */
export interface PluginReference {
  /** The plugin's entry-point name. */
  name: string;
  packageName: string;
  /** Of its options. */
  schema: Json;
}

interface Row {
  field: string;
  type: string;
  fallback: string;
  description: string;
}

const whereFrom = `A plugin is taken from the packages that these depend on, the first wins: the project around the file, its workspace, the folder that \`MLFLOW_AUTH_PLUGIN_ROOT\` names, and the installation of the running command: its neighbours in npm's, or the packages \`mlflow-auth-NAME\` of its Python environment. Upwards, packages are looked for as far as the file itself is: to the repository's root (the folder with \`.git\`) or the home folder. Outside of both, only folders count that nobody else may write.

A package runs with all that you may do, so it is not used where somebody else could have put code of theirs in its place (\`PLUGIN_UNTRUSTED\`; Windows has no such modes, and nothing is judged there). These must belong to

- you or root,
- the owner of the configuration file, if you named that file with \`--config\` or \`MLFLOW_AUTH_CONFIG\`: who names a file trusts its owner. This is how root in a container, or under \`sudo\`, uses a project of another user,
- or the owner of the running mlflow-auth itself,

and nobody else may write them:

- every folder from the project (or the installation) down to the package, with \`node_modules\` and a scope's folder, links and what they lead to, and the project's package.json;
- all that the package holds;
- what it imports from other packages, before it runs: every module with the folders that lead to it, and every \`node_modules\` further up in which Node would look.

Of the folders above the project, others may write those alone that have the sticky bit, as \`/tmp\` does.

A group may write where it is its owner's private one, which has the owner's number; for what is yours or root's it must also be the group that you run with. In the installation of the running mlflow-auth, so may a group that may write the folders around mlflow-auth itself, as Homebrew's administrators may; in a Python environment also the files of plugins, as Jupyter's images leave them. A pnpm store that is shared between users is refused where another user filled it, for its hard links stay that user's files; one that root filled is used.

**Containers.** One that runs as any user with the group 0 (OpenShift) uses what root's group may write: \`chgrp -R 0\` and \`chmod -R g=u\` on the project, and name the file if the image gives it another owner than root. A volume that everybody may write without the sticky bit (an \`emptyDir\`, the checkout of a CI job with \`umask 0\`) is no place for plugins: install them in the image, and let \`MLFLOW_AUTH_PLUGIN_ROOT\` name that folder, or take the right from the others (\`chmod go-w\`). What a file server shows as nobody's (NFS with \`root_squash\`, a user namespace) takes a named file. Drives of Windows in WSL show everything as writable by all, unless they are mounted with \`metadata\`.`;

/**
 * The document, in Markdown.
 *
 * @param config the core part of the file
 * @param values what every schema may refer to (values.schema.json)
 */
export function generateReference(config: Json, values: Json, plugins: readonly PluginReference[]): string {
  const resolve = resolver(config, values);
  const core = resolve({ $ref: "#/$defs/server" });
  const sections = [
    "# Configuration reference",
    "Every field of `mlflow-auth.yaml`; how it is written is told in the [guide](guides/configuration.md). `${NAME}` and `${NAME:-default}` may stand in any value; a variable named under *falls back to* counts where the field is not given, before its default. An asterisk marks what has to be given.",
    section("The file", config["description"], rowsOf(omit(config, ["servers", "plugins"]), resolve)),
    section(
      "`servers[]`",
      "In place of `trackingUri` and its neighbours, one entry for each server.",
      rowsOf(core, resolve),
    ),
    section(
      "`plugins.<name>`",
      "What every plugin instance takes, beside the plugin's own options.",
      rowsOf(resolve({ $ref: "#/$defs/instance" }), resolve),
    ),
    ...plugins.map(({ name, packageName, schema }) =>
      section(
        `Plugin \`${name}\``,
        `${schema["description"]} Package: \`${packageName}\`.`,
        rowsOf(schema, resolver(schema, values)),
      ),
    ),
    "## Where plugins come from",
    whereFrom,
    "## Values",
    Object.values(objectOf(values["$defs"]))
      .filter((value) => "x-value" in objectOf(value))
      .map((value) => `- **${objectOf(value)["title"]}**: ${objectOf(value)["description"]}`)
      .join("\n"),
  ];
  return `${sections.join("\n\n")}\n`;
}

function section(title: string, description: unknown, rows: readonly Row[]): string {
  const head = "| field | type | default or falls back to | |\n| --- | --- | --- | --- |";
  const lines = rows.map(
    ({ field, type, fallback, description: told }) =>
      `| ${field} | ${cell(type)} | ${cell(fallback)} | ${cell(told)} |`,
  );
  return [`## ${title}`, description, [head, ...lines].join("\n")].join("\n\n");
}

/** One row for each property, those of nested objects and of each form that a `oneOf` allows included. */
function rowsOf(schema: Json, resolve: (schema: unknown) => Json, prefix = "", form = ""): Row[] {
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  return Object.entries(objectOf(schema["properties"])).flatMap(([name, property]) => {
    const resolved = resolve(property);
    const field = `\`${prefix}${name}\`${required.includes(name) ? " *" : ""}${form}`;
    const row: Row = {
      field,
      type: typeOf(resolved),
      fallback: fallbackOf(resolved),
      description: String(resolved["description"] ?? ""),
    };
    return [row, ...nestedRows(resolved, resolve, `${prefix}${name}.`)];
  });
}

function nestedRows(schema: Json, resolve: (schema: unknown) => Json, prefix: string): Row[] {
  if ("x-value" in schema) return [];
  const tag = String(objectOf(schema["discriminator"])["propertyName"]);
  const branches = (Array.isArray(schema["oneOf"]) ? schema["oneOf"] : []).map(resolve).flatMap((branch) => {
    const value = objectOf(objectOf(branch["properties"])[tag])["const"];
    return rowsOf(omit(branch, [tag]), resolve, prefix, ` with \`${tag}: ${value}\``);
  });
  const values = (Array.isArray(schema["oneOf"]) ? schema["oneOf"] : []).map(
    (branch) => `\`${objectOf(objectOf(resolve(branch)["properties"])[tag])["const"]}\``,
  );
  const choice =
    branches.length > 0
      ? [
          {
            field: `\`${prefix}${tag}\` *`,
            type: values.join(" or "),
            fallback: "",
            description: "Decides which fields there are.",
          },
        ]
      : [];
  return [...rowsOf(schema, resolve, prefix), ...choice, ...branches];
}

function typeOf(schema: Json): string {
  if (typeof schema["x-value"] === "string") return schema["x-value"];
  if ("const" in schema) return `\`${schema["const"]}\``;
  if (Array.isArray(schema["enum"])) return schema["enum"].map((value) => `\`${value}\``).join(" or ");
  const names: Record<string, string> = { string: "text", array: "list", object: "mapping", integer: "whole number" };
  return [schema["type"] ?? "any"]
    .flat()
    .map((type) => names[String(type)] ?? String(type))
    .join(" or ");
}

function fallbackOf(schema: Json): string {
  const variables = Array.isArray(schema["x-env"]) ? schema["x-env"].map((name) => `\`$${name}\``) : [];
  const hasDefault = "default" in schema && typeof schema["default"] !== "object";
  return [...variables, ...(hasDefault ? [`\`${schema["default"]}\``] : [])].join(", ");
}

/** Follows references, into the schema itself and into the shared values. What is said beside a reference wins. */
function resolver(root: Json, values: Json): (schema: unknown) => Json {
  return function resolve(schema): Json {
    const { $ref, ...beside } = objectOf(schema);
    if (typeof $ref !== "string") return beside;
    const [id, fragment = ""] = $ref.split("#");
    const found = fragment
      .split("/")
      .slice(1)
      .reduce<unknown>((at, step) => objectOf(at)[step], id === "" ? root : values);
    return { ...resolve(found), ...beside };
  };
}

function omit(schema: Json, names: readonly string[]): Json {
  const properties = Object.entries(objectOf(schema["properties"])).filter(([name]) => !names.includes(name));
  return { ...schema, properties: Object.fromEntries(properties) };
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function objectOf(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}
