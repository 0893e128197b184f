/** Collects everything that is wrong with a file, by place, so that it can be told in one go. */
import type { ErrorCode } from "../errors/codes.js";
import { MlflowAuthError, type Problem } from "../errors/mlflow-auth-error.js";
import { printable } from "../errors/printable.js";

/** A place in the text of the file. */
export interface Position {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
}

/** Where the key and the value of each node stand, by JSON pointer. */
export type Positions = ReadonlyMap<string, { readonly key?: Position | undefined; readonly value: Position }>;

/** A key of an object, or the index of an item of a list. */
export type Step = string | number;

/** A JSON pointer (RFC 6901), the name of a place in the file. The root is `""`. */
export function pointerTo(parent: string, ...steps: readonly Step[]): string {
  return steps.reduce<string>(
    (pointer, step) => `${pointer}/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`,
    parent,
  );
}

/** The keys and indices of a JSON pointer, unescaped. Of the root there are none. */
export function stepsOf(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** `/servers/0/uri` as people write it: `servers[0].uri`. A key that doesn't look like a name is not repeated. */
export function fieldName(pointer: string): string {
  let text = "";
  for (const step of stepsOf(pointer)) {
    if (/^\d{1,6}$/.test(step)) text += `[${step}]`;
    else text += `${text === "" ? "" : "."}${isPrintable(step) ? step : "…"}`;
  }
  return text;
}

/** Whether a key is fit for a message. What is long or has odd characters may be a value in the wrong place. */
export function isPrintable(key: string): boolean {
  return /^[A-Za-z_$][\w$.-]{0,39}$/.test(key);
}

interface Finding {
  readonly code: ErrorCode;
  readonly pointer: string | undefined;
  readonly message: string;
  readonly position: Position | undefined;
  readonly variables?: readonly string[] | undefined;
}

/** Where there is no file: the environment variables that a place comes from, or that could give what is missing there. */
export type VariablesOf = (pointer: string) => readonly string[];

/** Everything that is wrong with one file: told in one go, one problem for a place. */
export class ProblemList {
  readonly #positions: Positions;
  readonly #file: string | undefined;
  readonly #variablesOf: VariablesOf | undefined;
  readonly #findings: Finding[] = [];
  readonly #places = new Set<string>();
  /** The fields that others were meant to be. */
  readonly #meant = new Set<string>();
  /** The positions of the findings. */
  readonly #taken = new Set<string>();

  /**
   * @param file the file's name as it is printed; undefined for a file given as an object
   * @param variablesOf given for what the environment amounts to
   */
  constructor(file: string | undefined, positions: Positions = new Map(), variablesOf?: VariablesOf) {
    this.#file = file;
    this.#positions = positions;
    this.#variablesOf = variablesOf;
  }

  /**
   * Notes a problem with the node at `pointer`, or with its key. The first problem of a node hides later ones of the same node
   * and of what is below it: a value that could not be read can't be judged. A missing field is named by its own pointer and
   * takes the position of the nearest node that exists: its parent's key.
   *
   * @param meant the field that a misspelt or misplaced one was meant to be: that it is missing is the same slip, and not told
   */
  add(code: ErrorCode, pointer: string, at: "key" | "value", message: string, meant?: string): void {
    if (meant !== undefined) this.#meant.add(meant);
    if (this.covers(pointer)) return;
    this.#places.add(pointer);
    const position = this.#positionOf(pointer, at);
    const name = fieldName(pointer);
    // What begins with the name of the parent speaks of it: one of several fields may be missing there.
    const isNamed = message.includes(name) || message.startsWith(`\`${fieldName(parentOf(pointer))}\` `);
    const unplaced = position === undefined && name !== "" && !isNamed;
    const text = printable(unplaced ? `\`${name}\`: ${message}` : message);
    const variables = this.#variablesOf?.(pointer);
    const remedy = code === "MISSING_FIELD" && variables?.length ? `: set ${variables.join(" or ")}` : "";
    this.#note({ code, pointer, position, message: text + remedy, variables });
  }

  /** The same for what turns out to be the cause of another problem that is noted at that very node: this takes its place. */
  replace(code: ErrorCode, pointer: string, at: "key" | "value", message: string, meant?: string): void {
    const others = this.#findings.filter((finding) => finding.pointer !== pointer);
    this.#findings.splice(0, this.#findings.length, ...others);
    this.#places.delete(pointer);
    this.add(code, pointer, at, message, meant);
  }

  /** Notes a problem with the text itself. `pointer` is the node that can't be relied on, if there is one. */
  addSyntax(position: Position | undefined, message: string, pointer: string | undefined): void {
    if (pointer !== undefined) this.#places.add(pointer);
    // One slip makes a parser stumble more than once at the same place.
    if (position !== undefined && this.#taken.has(placeOf(position))) return;
    this.#note({ code: "CONFIG_SYNTAX", pointer, position, message });
  }

  /** Whether the node or one above it already has a problem. */
  covers(pointer: string): boolean {
    for (let place = pointer; ; place = place.slice(0, place.lastIndexOf("/"))) {
      if (this.#places.has(place)) return true;
      if (place === "") return false;
    }
  }

  /** Sorted by place in the file; without positions, in the order found. Frozen. */
  toProblems(): readonly Problem[] {
    const isSlip = ({ code, pointer = "" }: Finding) => code === "MISSING_FIELD" && this.#meant.has(pointer);
    const told = this.#findings.filter((finding) => !isSlip(finding));
    const sorted = told.toSorted(
      (a, b) =>
        (a.position?.line ?? 0) - (b.position?.line ?? 0) || (a.position?.column ?? 0) - (b.position?.column ?? 0),
    );
    const file = this.#file;
    const problems = sorted.map(({ code, position, message, variables }) =>
      Object.freeze({
        code,
        file,
        line: position?.line,
        column: position?.column,
        ...(variables && { variables }),
        message,
      }),
    );
    return Object.freeze(problems);
  }

  /** @throws MlflowAuthError `CONFIG_INVALID` with all problems, if there are any */
  throwIfAny(): void {
    if (this.#findings.length > 0) throw this.toError();
  }

  toError(): MlflowAuthError {
    const problems = this.toProblems();
    const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
    const source = this.#variablesOf === undefined ? "the configuration" : "the environment, in place of a file,";
    return new MlflowAuthError("CONFIG_INVALID", `${this.#file ?? source} has ${count}`, {
      problems,
      remedy: `correct the ${this.#variablesOf ? "variables" : "places"} listed; \`mlflow-auth validate\` lists them again`,
    });
  }

  #note(finding: Finding): void {
    this.#findings.push(finding);
    if (finding.position !== undefined) this.#taken.add(placeOf(finding.position));
  }

  /** Of a node; of its parent's key where the node does not exist. */
  #positionOf(pointer: string, at: "key" | "value"): Position | undefined {
    const node = this.#positions.get(pointer);
    if (node) return at === "key" ? (node.key ?? node.value) : node.value;
    if (pointer === "") return undefined;
    return this.#positionOf(parentOf(pointer), "key");
  }
}

const parentOf = (pointer: string) => pointer.slice(0, pointer.lastIndexOf("/"));

function placeOf({ line, column }: Position): string {
  return `${line}:${column}`;
}
