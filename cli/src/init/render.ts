/** The draft as YAML, each line with a comment that says what it is. */
import { configSchema, isObject, pointerTo, printable, type Schema } from "@mlflow-auth/core/internal/config";
import { type Draft, isGiven, toData } from "@mlflow-auth/core/internal/environment";
import { Document, isMap, isScalar, type Pair, type Scalar, type YAMLMap } from "yaml";
import { SCHEMA_COMMENT } from "../schema-file.js";

const WIDTH = 100;

/** The text of the file. It is written from a document, so that no value can be read as anything else than what it is. */
export function render(draft: Draft): string {
  const document = new Document(toData(draft), { version: "1.2", schema: "core", aliasDuplicateObjects: false });
  const root = document.contents as unknown as YAMLMap;
  document.commentBefore = `${SCHEMA_COMMENT}\n\n Which credentials reach which MLflow server. \`mlflow-auth validate\` checks this file.`;
  describeAll(root, configSchema.properties as Record<string, Schema>);
  for (const { name, installed, form, options } of draft.instances) {
    const pair = pairOf(root.get("plugins") as YAMLMap, name);
    const others = form.withVariables().filter(({ path }) => !isGiven(options, path));
    const variables = others.map((field) => field.variables.join(" or ")).join(", ");
    const about = firstSentence(installed.schema["description"]) || `The plugin of ${installed.package.name}.`;
    comment(pair, variables === "" ? about : `${about} It also takes, where they are set: ${variables}.`);
    describeOptions(pair.value as YAMLMap, form.places(options), "", about);
  }
  for (const pair of root.items.slice(1)) if (isScalar(pair.key)) pair.key.spaceBefore = true;
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function describeAll(map: YAMLMap, properties: Readonly<Record<string, Schema>>): void {
  for (const pair of map.items) {
    const name = String((pair.key as Scalar).value);
    const { $ref, description } = properties[name] ?? {};
    const shared = typeof $ref === "string" ? (configSchema.$defs as Record<string, Schema>)[name] : undefined;
    comment(pair, firstSentence(description ?? shared?.["description"]));
  }
}

function describeOptions(
  map: YAMLMap,
  places: ReadonlyMap<string, readonly Schema[]>,
  pointer: string,
  above: string,
): void {
  for (const pair of map.items) {
    const key = String((pair.key as Scalar).value);
    const place = pointerTo(pointer, key);
    const schemas = places.get(place) ?? [];
    const about = firstSentence(schemas[0]?.["description"]);
    if (about !== above) comment(pair, about);
    if (!isMap(pair.value)) continue;
    // A secret is one thing, so it stands on one line.
    if (schemas.some((schema) => schema["x-value"] === "secret")) pair.value.flow = true;
    else describeOptions(pair.value, places, place, about);
  }
}

function pairOf(map: YAMLMap, name: string): Pair {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === name) as Pair;
}

function comment({ key }: Pair, text: string): void {
  if (text !== "" && isScalar(key)) key.commentBefore = wrap(text);
}

/** Of a description, what says what it is; what follows belongs into the reference. */
export function firstSentence(description: unknown): string {
  if (typeof description !== "string") return "";
  const text = printable(description.replaceAll(/\s+/g, " ").trim());
  return /^.*?[.!?](?=\s|$)/.exec(text)?.[0] ?? text;
}

function wrap(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(` ${word}`);
  }
  return lines.join("\n");
}

/** The environment variables that the file refers to. */
export function variablesIn(data: unknown): string[] {
  const names = new Set<string>();
  const visit = (value: unknown) => {
    if (typeof value === "string") {
      for (const [, name] of value.matchAll(/(?<!\$)\$\{([A-Za-z_]\w*)\}/g)) names.add(name as string);
    } else if (Array.isArray(value)) value.forEach(visit);
    else if (isObject(value)) {
      const keys = Object.keys(value);
      if (keys.length === 1 && keys[0] === "env" && typeof value["env"] === "string") names.add(value["env"]);
      else Object.values(value).forEach(visit);
    }
  };
  visit(data);
  return [...names];
}
