/** What core refuses of a package, as findings for its author. */
import { type FaultyPart, packageFaultOf } from "../discovery/package-faults.js";
import { isMlflowAuthError } from "../errors/mlflow-auth-error.js";
import { inManifest, type PackageFinding } from "./finding.js";

/** Where in package.json each part is declared, and what to do about it. */
const declarations: Readonly<Record<FaultyPart, { readonly pointer: string; readonly remedy: string }>> = {
  interface: { pointer: "/mlflow-auth-plugin", remedy: 'write `"mlflow-auth-plugin": { "apiVersion": 1 }`' },
  "entry-point": {
    pointer: "/entry-points",
    remedy: "build the package first, and let the entry point name a module and a function of it",
  },
  schema: {
    pointer: "/mlflow-auth-plugin/configSchema",
    remedy: "let it name a file of the package with a JSON Schema",
  },
  "own-option": { pointer: "/mlflow-auth-plugin/configSchema", remedy: "give the option another name" },
  "hidden-value": {
    pointer: "/mlflow-auth-plugin/configSchema",
    remedy: "let each secret stand where core finds it",
  },
  environment: {
    pointer: "/mlflow-auth-plugin/environment",
    remedy: "let it name a file of the package with a list of rules, as the guide for authors has them",
  },
};

/**
 * @param pointer where in package.json, if that is known more exactly than by the part that is at fault
 * @throws what was thrown, if it is not about what a package declares
 */
export function refusalFinding(thrown: unknown, pointer?: string): PackageFinding {
  const fault = isMlflowAuthError(thrown) ? packageFaultOf(thrown) : undefined;
  if (fault === undefined) throw thrown;
  const { part, what } = fault;
  const declared = declarations[part];
  return inManifest("error", part, pointer ?? declared.pointer, `the package ${what}`, declared.remedy);
}

/**
 * What is refused of several plugins of a package: each once. What is wrong with the whole of "mlflow-auth-plugin" is left out, for that
 * is told by itself.
 */
export class PluginRefusals {
  readonly #found = new Map<string, PackageFinding>();

  /** @throws what was thrown, as {@link refusalFinding} does */
  add(thrown: unknown): void {
    const finding = refusalFinding(thrown);
    if (finding.code !== "interface") this.#found.set(finding.what, finding);
  }

  get findings(): PackageFinding[] {
    return [...this.#found.values()];
  }
}
