/** Whether the types in a package are those of its schemas. */
import { isMlflowAuthError } from "@mlflow-auth/core/internal/config";
import { type CheckedPackage, type PackageFinding, packageFaultOf } from "@mlflow-auth/core/internal/package-check";
import { generateTypes, plannedTypes, presentTypes } from "./generated-types.js";
import { loadTypeCompiler } from "./type-compiler.js";

/** What could not be looked into, and why. */
export interface Unchecked {
  readonly what: string;
  readonly why: string;
}

/** What was found, and what was not looked into. */
export interface Looked {
  readonly findings: readonly PackageFinding[];
  readonly unchecked: readonly Unchecked[];
}

/** What is not looked into where the package has none of its own. */
export const typesChecked = "whether the types of its options are those of its schema";

/** Runs json-schema-to-typescript as the package has it. A package that has no such types keeps none. */
export async function lookAtTypes({ manifest, folder }: CheckedPackage): Promise<Looked> {
  try {
    if (manifest === undefined) return { findings: [], unchecked: [] };
    const hasAny = plannedTypes(manifest).some((planned) => presentTypes(folder, planned) !== undefined);
    if (!hasAny) return { findings: [], unchecked: [] };
    const generated = await generateTypes(manifest, await loadTypeCompiler(folder));
    const stale = generated.filter((types) => presentTypes(folder, types) !== types.text);
    return { findings: stale.map(({ file, schema }) => differing(file, schema)), unchecked: [] };
  } catch (thrown) {
    if (!isMlflowAuthError(thrown)) throw thrown;
    const { message, remedy } = thrown;
    // What core refuses of the package is found by the checks of package.json and of the schema.
    if (packageFaultOf(thrown) !== undefined) return { findings: [], unchecked: [] };
    return { findings: [], unchecked: [{ what: typesChecked, why: `${message}: ${remedy}` }] };
  }
}

function differing(file: string, schema: string): PackageFinding {
  return {
    code: "types",
    severity: "error",
    what: `the types are not those of ${schema}`,
    file,
    remedy: "mlflow-auth plugins --types",
  };
}
