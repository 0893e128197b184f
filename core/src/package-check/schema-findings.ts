/** What the schemas of a package's options say to core, and to those who fill them in. */
import { realpathSync } from "node:fs";
import { relative, sep } from "node:path";
import { valuesSchema } from "@mlflow-auth/schema";
import { schemaFault } from "../config/check-options.js";
import { hiddenValue } from "../config/hidden-secrets.js";
import { pointerTo } from "../config/problems.js";
import { type Schema, SchemaWalker } from "../config/schema-walk.js";
import { checkSchema } from "../discovery/check-schema.js";
import { namesOf } from "../discovery/manifests.js";
import type { CheckedPackage } from "./checked-package.js";
import type { FindingCode, PackageFinding } from "./finding.js";
import { partFindings } from "./option-findings.js";
import { PluginRefusals } from "./refusals.js";
import { tourOf } from "./schema-tour.js";
import { valueCheck } from "./schema-values.js";
import { slowPatternFindings } from "./slow-patterns.js";

/** A schema of the package, and where it stands. */
interface OwnSchema {
  readonly schema: Schema;
  readonly file: string;
  /** Before the pointers into the schema, where it stands in package.json. */
  readonly base: string;
}

/** Whether core and ajv can use them. */
export async function schemaFindings(checked: CheckedPackage): Promise<PackageFinding[]> {
  const { schemas, refused: found } = schemasOf(checked);
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
  for (const { schema, file, base } of schemasOf(checked).schemas) {
    if ((await schemaFault(schema)) !== undefined) continue;
    const walker = new SchemaWalker(schema, valuesSchema);
    const check = await valueCheck(schema);
    const slow = endless(() => slowPatternFindings(schema)) ?? [];
    for (const finding of slow) found.push({ ...finding, file, pointer: base + (finding.pointer ?? "") });
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

/** Each schema once, whichever plugins share it, and what core refuses. */
function schemasOf({ manifest, folder }: CheckedPackage): { schemas: OwnSchema[]; refused: PackageFinding[] } {
  if (manifest === undefined) return { schemas: [], refused: [] };
  const found = new Map<string, OwnSchema>();
  const refusals = new PluginRefusals();
  for (const plugin of namesOf(manifest)) {
    try {
      const { schema, file, isInManifest } = checkSchema(manifest, plugin);
      const pointer = pointerTo("/mlflow-auth-plugin/configSchema", plugin);
      if (isInManifest) found.set(pointer, { schema, file: "package.json", base: pointer });
      // A plugin without any takes no options, and core says that for it.
      if (file === undefined) continue;
      found.set(file, { schema, file: relative(realpathSync(folder), file).split(sep).join("/"), base: "" });
    } catch (thrown) {
      refusals.add(thrown);
    }
  }
  return { schemas: [...found.values()], refused: refusals.findings };
}
