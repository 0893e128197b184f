/** What one part of a schema says about options. */
import { pointerTo, stepsOf } from "../config/problems.js";
import { isObject, type Schema, type SchemaWalker } from "../config/schema-walk.js";
import { isNamedLikeSecret } from "../config/secret-variables.js";
import { credentialIn, isNamedLikeCredential } from "./credential-texts.js";
import { finding, type PackageFinding } from "./finding.js";
import { isClosedBy, isObjects, type SchemaPart } from "./schema-tour.js";
import type { ValueCheck } from "./schema-values.js";

/** Without the file: pointers lead into the schema. */
export function partFindings(part: SchemaPart, walker: SchemaWalker, check: ValueCheck): PackageFinding[] {
  return [...formFindings(part, walker), ...valueFindings(part, check), ...variableFindings(part)];
}

/** How a person would name the place. */
function named({ pointer }: SchemaPart): string {
  const names = stepsOf(pointer).filter((step, index, steps) => steps[index - 1] === "properties" && step !== "");
  return names.length === 0 ? "the schema" : `the option \`${names.join(".")}\``;
}

function formFindings(part: SchemaPart, walker: SchemaWalker): PackageFinding[] {
  const { own, schema, pointer, option, isClosed } = part;
  const found: PackageFinding[] = [];
  const isValue = schema["x-value"] !== undefined;
  if (option !== undefined && !isDescribed(own, schema, isValue)) {
    const remedy = 'add a "description": editors show it, and `init` asks with it';
    found.push(finding("warning", "description", pointer, `${named(part)} has no description`, remedy));
  }
  // Of one that has nothing but branches, those are told that are open.
  const isOwn = schema["properties"] !== undefined || (schema["oneOf"] ?? schema["anyOf"]) === undefined;
  if (!isValue && !isClosed && isOwn && isObjects(schema, walker) && !isClosedBy(schema, walker)) {
    const remedy = 'add "additionalProperties": false: a slip in an option\'s name is found then';
    found.push(finding("error", "open-object", pointer, `${named(part)} takes fields of any name`, remedy));
  }
  const isText = [schema["type"] ?? "string"].flat().includes("string");
  if (
    option !== undefined &&
    !isValue &&
    isText &&
    !("const" in schema) &&
    !("enum" in schema) &&
    isNamedLikeCredential(option)
  ) {
    const remedy = 'make it { "$ref": "mlflow-auth:values#/$defs/secret" } if it is one';
    const what = `${named(part)} is named like a credential, and core takes it for a plain text, which logs and messages may show`;
    found.push(finding("warning", "plain-secret", pointer, what, remedy));
  }
  return found;
}

/** A shared value describes its form alone. */
function isDescribed(own: Schema, schema: Schema, isValue: boolean): boolean {
  const { description } = isValue ? own : schema;
  return typeof description === "string" && description.trim() !== "";
}

function valueFindings(part: SchemaPart, check: ValueCheck): PackageFinding[] {
  const { own, pointer, schema } = part;
  const found: PackageFinding[] = [];
  const judge = (value: unknown, at: string, code: "default" | "example") => {
    const isSecret = schema["x-value"] === "secret" && code === "default" && typeof value === "string";
    const [certainty] = isSecret ? ["certain" as const] : textsOf(value).flatMap((text) => credentialIn(text) ?? []);
    if (certainty !== undefined) {
      const what = `${named(part)} has what looks like a credential in the schema, which everybody can read`;
      const remedy = "take it out, and revoke it if it is one; name a variable by `x-env` in its place";
      found.push(finding(certainty === "certain" ? "error" : "warning", "literal-secret", at, what, remedy));
    } else if (code === "default" || !textsOf(value).some((text) => text.includes("${"))) {
      const why = check(pointer, value);
      const what = `${named(part)} has ${code === "default" ? "a default" : "an example"} that it does not take itself: ${why}`;
      if (why !== undefined) found.push(finding("error", code, at, what, "correct it, or the schema"));
    }
  };
  if ("default" in own) judge(own["default"], pointerTo(pointer, "default"), "default");
  const examples = own["examples"] as readonly unknown[] | undefined;
  for (const [index, example] of (examples ?? []).entries()) {
    judge(example, pointerTo(pointer, "examples", index), "example");
  }
  return found;
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

function variableFindings(part: SchemaPart): PackageFinding[] {
  const { own, schema, pointer } = part;
  const names = own["x-env"];
  if (names === undefined) return [];
  const at = pointerTo(pointer, "x-env");
  if (!Array.isArray(names) || names.length === 0 || !names.every((name) => typeof name === "string")) {
    return [
      finding(
        "error",
        "variable",
        at,
        `${named(part)} has an \`x-env\` that is no list of names`,
        'write it as ["ACME_TOKEN"]',
      ),
    ];
  }
  return (names as string[]).flatMap((name, index) => {
    const place = pointerTo(at, index);
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      const remedy = "name it with letters, digits and underscores, without $";
      return [
        finding(
          "error",
          "variable",
          place,
          `${named(part)} falls back to what can't be the name of a variable`,
          remedy,
        ),
      ];
    }
    if (name.startsWith("MLFLOW_AUTH_")) {
      const remedy = "take the name that the vendor's own tools read";
      return [
        finding(
          "warning",
          "variable",
          place,
          `${named(part)} falls back to ${name}, a name of mlflow-auth's own`,
          remedy,
        ),
      ];
    }
    const isPlain = schema["x-value"] === undefined && !isObject(schema["properties"]);
    if (isPlain && isNamedLikeSecret(name)) {
      const remedy = 'make the option { "$ref": "mlflow-auth:values#/$defs/secret" }, or take another variable';
      const what = `${named(part)} is no secret, and falls back to ${name}, which is named like one`;
      return [finding("warning", "variable", place, what, remedy)];
    }
    return [];
  });
}
