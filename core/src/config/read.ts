/** Reads a configuration as plain data: the text of a file, with where everything stands, or an object. */
import type { Document, Node, Scalar, YAMLMap } from "yaml";
import { jsonErrorOffset } from "./json-error.js";
import { type Position, type Positions, pointerTo } from "./problems.js";

/** Data as JSON has it; objects have no prototype, so that a key such as `__proto__` is a key like any other. */
export type Data = string | number | boolean | null | Data[] | DataObject;
/** An object without a prototype. */
export interface DataObject {
  [key: string]: Data;
}

/** What is not well-formed, or refused. The message repeats nothing of the text. */
export interface SyntaxProblem {
  /** The JSON pointer of the node that can't be relied on; undefined where no node is at fault. */
  readonly pointer: string | undefined;
  /** Undefined in a file given as an object. */
  readonly position: Position | undefined;
  readonly message: string;
}

/** A configuration as plain data, as far as it could be read. */
export interface ReadFile {
  /** Undefined if the file holds no data: it is empty or all comment, or it is not well-formed. */
  readonly data: Data | undefined;
  readonly positions: Positions;
  readonly problems: readonly SyntaxProblem[];
}

type Yaml = typeof import("yaml");

/** Nesting beyond this is not a configuration but an attempt to exhaust the stack. */
const MAX_DEPTH = 64;

/**
 * Parses YAML or JSON. Aliases, anchors, tags, merge keys, directives, several documents, keys that are no strings and duplicate
 * keys are problems. No message repeats anything from the text.
 *
 * @param format.key reads only the value of this top-level key; all pointers are relative to it
 */
export async function readConfig(text: string, format: { json: boolean; key?: string }): Promise<ReadFile> {
  const yaml = await import("yaml");
  const lines = new yaml.LineCounter();
  const place = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const failed = (position: Position, message: string): ReadFile => ({
    data: undefined,
    positions: new Map(),
    problems: [{ pointer: undefined, position, message }],
  });

  let document: Document.Parsed;
  try {
    document = yaml.parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: false,
      version: "1.2",
      schema: "core",
      merge: false,
      logLevel: "error",
    });
  } catch {
    // The parser's own recursion; its message may quote the text.
    return failed({ line: 1, column: 1 }, "the file is nested too deeply");
  }
  if (format.json) {
    const offset = jsonErrorOffset(text);
    if (offset !== undefined) return failed(place(offset), "this is not JSON");
  }
  if (document.errors.length > 0) {
    const { syntaxCause } = await import("./syntax-cause.js");
    const { offset, message } = syntaxCause(text, document.errors, new yaml.Parser().parse(text));
    return failed(place(offset), message);
  }
  const reader = new Reader(yaml, place);
  if (document.directives.yaml.explicit)
    reader.refuse(undefined, { line: 1, column: 1 }, "a %YAML directive is refused");
  const root = format.key === undefined ? document.contents : (document.contents as YAMLMap).get(format.key, true);
  const data = root ? reader.read(root as Node, "", 0) : undefined;
  const empty = root === null || (yaml.isScalar(root) && root.value === null);
  return { data: empty ? undefined : data, positions: reader.positions, problems: reader.problems };
}

class Reader {
  readonly positions = new Map<string, { key?: Position | undefined; value: Position }>();
  readonly problems: SyntaxProblem[] = [];
  readonly #yaml: Yaml;
  readonly #place: (offset: number) => Position;

  constructor(yaml: Yaml, place: (offset: number) => Position) {
    this.#yaml = yaml;
    this.#place = place;
  }

  refuse(pointer: string | undefined, position: Position, message: string): void {
    this.problems.push({ pointer, position, message });
  }

  read(node: Node, pointer: string, depth: number, key?: Position): Data {
    const value = this.#place(node.range?.[0] ?? 0);
    this.positions.set(pointer, { key, value });
    if (depth > MAX_DEPTH) {
      this.refuse(pointer, value, "the file is nested too deeply");
      return null;
    }
    if (this.#yaml.isAlias(node)) {
      this.refuse(pointer, value, "an alias is refused: write the value out");
      return null;
    }
    const { anchor, tag } = node as { anchor?: string; tag?: string };
    if (anchor !== undefined) this.refuse(pointer, value, "an anchor is refused: write each value where it belongs");
    if (tag !== undefined) this.refuse(pointer, value, "a tag is refused: put a text in quotes instead");
    if (this.#yaml.isMap(node)) return this.#readMap(node, pointer, depth);
    if (this.#yaml.isSeq(node)) {
      return node.items.map((item, index) => this.read(item as Node, pointerTo(pointer, index), depth + 1));
    }
    return (node as Scalar).value as Data;
  }

  #readMap(map: YAMLMap, pointer: string, depth: number): DataObject {
    const object: DataObject = Object.create(null);
    for (const pair of map.items) {
      const node = pair.key as Node;
      const position = this.#place(node.range?.[0] ?? 0);
      const key = this.#yaml.isScalar(node) ? node.value : undefined;
      if (typeof key !== "string") {
        this.refuse(undefined, position, "a key must be a text");
        continue;
      }
      const child = pointerTo(pointer, key);
      const { anchor, tag } = node as { anchor?: string; tag?: string };
      if (anchor !== undefined || tag !== undefined) {
        this.refuse(child, position, "a key with an anchor or a tag is refused");
      }
      if (key === "<<" && (node as Scalar).type === "PLAIN") {
        this.refuse(child, position, "a merge key is refused: write the fields out");
        continue;
      }
      if (Object.hasOwn(object, key)) {
        this.refuse(undefined, position, "this key stands here twice: keep one of them");
        continue;
      }
      object[key] = pair.value
        ? this.read(pair.value as Node, child, depth + 1, position)
        : this.#readNothing(child, position);
    }
    return object;
  }

  /** The value of `{ key }`, which has no node. */
  #readNothing(pointer: string, position: Position): null {
    this.positions.set(pointer, { key: position, value: position });
    return null;
  }
}

/** Copies a configuration given as an object to plain data: it may be anything, and nobody may change it from outside later. */
export function fromObject(config: unknown): ReadFile {
  const problems: SyntaxProblem[] = [];

  function copy(value: unknown, pointer: string, depth: number): Data {
    if (depth > MAX_DEPTH) {
      problems.push({ pointer, position: undefined, message: "this is nested too deeply" });
      return null;
    }
    if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
      return value;
    if (Array.isArray(value)) return value.map((item, index) => copy(item, pointerTo(pointer, index), depth + 1));
    if (typeof value === "object") {
      const object: DataObject = Object.create(null);
      for (const [key, item] of Object.entries(value)) {
        if (item !== undefined) object[key] = copy(item, pointerTo(pointer, key), depth + 1);
      }
      return object;
    }
    problems.push({ pointer, position: undefined, message: "this is neither text, number, boolean, list nor object" });
    return null;
  }

  return { data: copy(config, "", 0), positions: new Map(), problems };
}
