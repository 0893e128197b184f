/** `${NAME}`, `${NAME:-default}` and `$${` in the values of the file. */
import type { ErrorCode } from "../errors/codes.js";
import { pointerTo } from "./problems.js";
import type { Data, DataObject } from "./read.js";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What filled a text. */
export interface Filling {
  readonly variables: readonly string[];
  /** Whether the text is one `${…}` and nothing else. */
  readonly whole: boolean;
  /** Whether a default of the file stands in for an unset variable. */
  readonly usedDefault: boolean;
}

export interface Finding {
  readonly code: ErrorCode;
  readonly pointer: string;
  readonly message: string;
}

export interface Interpolated {
  readonly data: Data;
  /** The texts that had a `${…}`, by JSON pointer. */
  readonly fillings: ReadonlyMap<string, Filling>;
  readonly findings: readonly Finding[];
}

/** `$${`, or `${…}`, or a `${` that nothing closes. */
const reference = /\$\$\{|\$\{([^}]*)\}|\$\{/g;
const content = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/** Fills all values once: what a variable holds is not looked at again, and keys are left alone. Nothing given is changed. */
export function interpolate(data: Data, env: Environment): Interpolated {
  const fillings = new Map<string, Filling>();
  const findings: Finding[] = [];

  function visit(value: Data, pointer: string): Data {
    if (typeof value === "string") return value.includes("${") ? fill(value, pointer) : value;
    if (Array.isArray(value)) return value.map((item, index) => visit(item, pointerTo(pointer, index)));
    if (typeof value !== "object" || value === null) return value;
    const copy: DataObject = Object.create(null);
    for (const [key, item] of Object.entries(value)) copy[key] = visit(item, pointerTo(pointer, key));
    return copy;
  }

  function fill(text: string, pointer: string): string {
    const variables: string[] = [];
    let whole = false;
    let usedDefault = false;
    const filled = text.replaceAll(reference, (found: string, inner: string | undefined) => {
      if (found === "$${") return "${";
      const [, name, fallback] = content.exec(inner ?? "") ?? [];
      if (name === undefined) {
        findings.push({
          code: "VARIABLE_SYNTAX",
          pointer,
          message: "a `${` begins a variable: write `${NAME}` or `${NAME:-default}`, or `$${` for a plain `${`",
        });
        return "";
      }
      variables.push(name);
      whole = found.length === text.length;
      const value = env[name];
      if (value !== undefined && value !== "") return value;
      if (fallback === undefined) {
        const state = value === undefined ? "not set" : "empty";
        findings.push({
          code: "VARIABLE_MISSING",
          pointer,
          message: `the variable ${name} is ${state}: set it, or write \`\${${name}:-default}\``,
        });
        return "";
      }
      usedDefault = true;
      return fallback;
    });
    if (variables.length > 0) fillings.set(pointer, { variables, whole, usedDefault });
    return filled;
  }

  return { data: visit(data, ""), fillings, findings };
}
