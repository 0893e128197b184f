/** `${NAME}`, `${NAME:-default}` and `$${` in the values of the file; and what was meant to be one. */
import type { ErrorCode } from "../errors/codes.js";
import { removal, wasRemoved } from "../secret/missing-variable.js";
import { pointerTo } from "./problems.js";
import type { Data, DataObject } from "./read.js";

/** Variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What filled a text. */
export interface Interpolation {
  readonly variables: readonly string[];
  /** Whether the text is one `${…}` and nothing else. */
  readonly whole: boolean;
  /** Whether a default of the file stands in for an unset variable. */
  readonly usedDefault: boolean;
}

/** What is wrong with a `${…}`. The message holds names of variables and no value. */
export interface Finding {
  readonly code: ErrorCode;
  readonly pointer: string;
  readonly message: string;
}

/** Data with its variables filled in, and what filled them. */
export interface Interpolated {
  readonly data: Data;
  /** The texts that had a `${…}`, by JSON pointer. */
  readonly interpolations: ReadonlyMap<string, Interpolation>;
  readonly findings: readonly Finding[];
}

const content = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/** Fills all values once: what a variable holds is not looked at again, and keys are left alone. Nothing given is changed. */
export function interpolate(data: Data, env: Environment): Interpolated {
  const interpolations = new Map<string, Interpolation>();
  const findings: Finding[] = [];

  function visit(value: Data, pointer: string): Data {
    if (typeof value === "string") {
      if (value.includes("${")) return fill(value, pointer);
      if (value[0] === "$") judgeBare(value, pointer);
      return value;
    }
    if (Array.isArray(value)) return value.map((item, index) => visit(item, pointerTo(pointer, index)));
    if (typeof value !== "object" || value === null) return value;
    const copy: DataObject = Object.create(null);
    for (const [key, item] of Object.entries(value)) copy[key] = visit(item, pointerTo(pointer, key));
    return copy;
  }

  /** `$NAME`, as shells have it: a text like any other, unless there is such a variable, which was meant then. */
  function judgeBare(text: string, pointer: string): void {
    const [, name] = /^\$([A-Za-z_][A-Za-z0-9_]*)$/.exec(text) ?? [];
    if (name === undefined || env[name] === undefined) return;
    const right = pointer.endsWith("/env") ? `the name alone: \`env: ${name}\`` : `\`"\${${name}}"\``;
    const message = `\`$${name}\` without braces is a text and not the variable: write ${right}`;
    findings.push({ code: "VARIABLE_SYNTAX", pointer, message });
  }

  function fill(text: string, pointer: string): string {
    const variables: string[] = [];
    let whole = false;
    let usedDefault = false;
    let filled = "";
    for (const part of partsOf(text)) {
      if (typeof part === "string") {
        filled += part;
        continue;
      }
      const [, name, fallback] = content.exec(part.inner ?? "") ?? [];
      if (name === undefined || part.cut || holdsReference(fallback)) {
        const message =
          name === undefined
            ? "a `${` begins a variable: write `${NAME}` or `${NAME:-default}`, or `$${` for a plain `${`"
            : "the default of a variable is plain text up to the first `}`: it can't hold a variable or a pair of braces";
        findings.push({ code: "VARIABLE_SYNTAX", pointer, message });
        continue;
      }
      variables.push(name);
      whole = part.whole;
      const value = env[name];
      if (value !== undefined && value !== "") filled += value;
      else if (fallback !== undefined) {
        usedDefault = true;
        filled += fallback;
      } else {
        const unset = {
          state: `is ${value === undefined ? "not set" : "empty"}`,
          remedy: `set it, or write \`\${${name}:-default}\``,
        };
        const { state, remedy } = wasRemoved(name, env) ? removal(name) : unset;
        findings.push({ code: "VARIABLE_MISSING", pointer, message: `the variable ${name} ${state}: ${remedy}` });
      }
    }
    if (variables.length > 0) interpolations.set(pointer, { variables, whole, usedDefault });
    return filled;
  }

  return { data: visit(data, ""), interpolations, findings };
}

interface Reference {
  /** The text between the braces; undefined where nothing closes them. */
  readonly inner: string | undefined;
  /** Whether it is the whole text. */
  readonly whole: boolean;
  /** Whether a brace opens within it and closes behind it: more was meant to be within than is. */
  readonly cut: boolean;
}

/** Whether a default has a `${`, other than the plain one that `$${` stands for. */
function holdsReference(fallback: string | undefined): boolean {
  return fallback?.replaceAll("$${", "").includes("${") === true;
}

/**
 * The plain parts of a text and the references between them, `$${` as the plain `${` that it stands for. Each character is looked at
 * once: after a `${` that nothing closes the rest is not looked through, for nothing in it can be closed either.
 */
function* partsOf(text: string): Generator<string | Reference> {
  let at = 0;
  for (let found = text.indexOf("${"); found !== -1; found = text.indexOf("${", at)) {
    if (found > at && text[found - 1] === "$") {
      yield `${text.slice(at, found - 1)}\${`;
      at = found + 2;
      continue;
    }
    yield text.slice(at, found);
    const end = text.indexOf("}", found);
    if (end === -1) return yield { inner: undefined, whole: false, cut: false };
    at = end + 1;
    const inner = text.slice(found + 2, end);
    yield { inner, whole: found === 0 && at === text.length, cut: inner.includes("{") && closesNext(text, at) };
  }
  yield text.slice(at);
}

/** Whether the next brace from here on is a closing one. */
function closesNext(text: string, from: number): boolean {
  const brace = /[{}]/g;
  brace.lastIndex = from;
  return brace.exec(text)?.[0] === "}";
}
