/** What the schemas of a package's options say to core, and to those who fill them in. */
import { realpathSync } from "node:fs";
import { relative, sep } from "node:path";
import { valuesSchema } from "@mlflow-auth/schema";
import { schemaFault } from "../config/check-options.js";
import { hiddenValue } from "../config/hidden-secrets.js";
import { pointerTo } from "../config/problems.js";
import { type Schema, SchemaWalker } from "../config/schema-walk.js";
import { checkSchema } from "../discovery/check-manifest.js";
import { whatIsWrong } from "../discovery/package-faults.js";
import { isMlflowAuthError } from "../errors/mlflow-auth-error.js";
import { type CheckedPackage, pluginsOf } from "./checked-package.js";
import type { FindingCode, PackageFinding } from "./finding.js";
import { partFindings } from "./option-findings.js";
import { tourOf } from "./schema-tour.js";
import { valueCheck } from "./schema-values.js";

/** A schema of the package, and where it stands. */
interface OwnSchema {
  readonly schema: Schema;
  readonly file: string;
  /** Before the pointers into the schema, where it stands in package.json. */
  readonly base: string;
}

/** Whether core and ajv can use them. */
export async function schemaFindings(checked: CheckedPackage): Promise<PackageFinding[]> {
  const found: PackageFinding[] = [];
  const schemas = schemasOf(checked, (fault) => found.push(fault));
  for (const { schema, file, base } of schemas) {
    const error = (code: FindingCode, what: string, pointer: string, remedy: string) =>
      found.push({ code, severity: "error", what, file, pointer: base + pointer, remedy });
    const reason = await schemaFault(schema);
    if (reason !== undefined) {
      error("schema", `the configSchema is not a JSON Schema (draft-07) that ajv can use: ${reason}`, "", "correct it");
      continue;
    }
    const hidden = endless(() => hiddenValue(schema, new SchemaWalker(schema, valuesSchema)));
    if (hidden !== undefined) {
      const remedy = "let each secret, path and duration stand where core finds it";
      error("hidden-value", `the package ${hidden.what}`, hidden.pointer.replace(/^#/, ""), remedy);
    }
  }
  return found;
}

/** Whether each option is described, closed, and of values that it takes itself. */
export async function optionFindings(checked: CheckedPackage): Promise<PackageFinding[]> {
  const found: PackageFinding[] = [];
  for (const { schema, file, base } of schemasOf(checked, () => {})) {
    if ((await schemaFault(schema)) !== undefined) continue;
    const walker = new SchemaWalker(schema, valuesSchema);
    const check = await valueCheck(schema);
    for (const part of endless(() => tourOf(schema, walker)) ?? []) {
      for (const finding of partFindings(part, walker, check)) {
        found.push({ ...finding, file, pointer: base + (finding.pointer ?? "") });
      }
    }
  }
  return found;
}

/** A schema without end is told as one that ajv can't use. */
function endless<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (thrown) {
    if (thrown instanceof RangeError) return undefined;
    throw thrown;
  }
}

/** Each schema once, whichever plugins share it. What core refuses of one is told. */
function schemasOf(checked: CheckedPackage, tell: (fault: PackageFinding) => void): OwnSchema[] {
  const { manifest } = checked;
  if (manifest === undefined) return [];
  const found = new Map<string, OwnSchema>();
  const told = new Set<string>();
  for (const plugin of pluginsOf(checked)) {
    try {
      const { schema, file, isInManifest } = checkSchema(manifest, plugin);
      const pointer = pointerTo("/mlflow-auth-plugin/configSchema", plugin);
      if (isInManifest) found.set(pointer, { schema, file: "package.json", base: pointer });
      // A plugin without any takes no options, and core says that for it.
      if (file === undefined) continue;
      found.set(file, { schema, file: relative(realpathSync(manifest.folder), file).split(sep).join("/"), base: "" });
    } catch (thrown) {
      if (!isMlflowAuthError(thrown)) throw thrown;
      const what = `the package ${whatIsWrong(thrown) ?? thrown.message}`;
      // What is wrong with the whole of "mlflow-auth-plugin" is told by itself.
      if (told.has(what) || /"mlflow-auth-plugin"|plugin interface/.test(what)) continue;
      told.add(what);
      const code = /`\w+`, which mlflow-auth takes/.test(what)
        ? "own-option"
        : /hides a|can't follow/.test(what)
          ? "hidden-value"
          : "schema";
      tell({
        code,
        severity: "error",
        what,
        file: "package.json",
        pointer: "/mlflow-auth-plugin/configSchema",
        remedy:
          code === "own-option"
            ? "give the option another name"
            : code === "schema"
              ? "let it name a file of the package with a JSON Schema"
              : "let each secret stand where core finds it",
      });
    }
  }
  return [...found.values()];
}
