/** Where the parts of a package's JSON files stand, so that an author finds by line what a JSON pointer names. */
import { join } from "node:path";
import { jsonErrorOffset } from "../config/json-error.js";
import { pointerTo } from "../config/problems.js";
import { MAX_PACKAGE_BYTES } from "../discovery/read-package.js";
import { readSmallTextSync } from "../files/small-file.js";
import type { PackageFinding } from "./finding.js";

/** A place in a text. */
export interface TextPlace {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 units. */
  readonly column: number;
}

/** The findings, with line and column where they are about a part of a JSON file. @param folder of the package */
export function located(folder: string, findings: readonly PackageFinding[]): PackageFinding[] {
  const read = new Map<string, (pointer: string) => TextPlace | undefined>();
  return findings.map((finding) => {
    const { file, pointer = "", line } = finding;
    if (file === undefined || line !== undefined || !file.endsWith(".json")) return finding;
    const placeFor = read.get(file) ?? placesOf(join(folder, file));
    read.set(file, placeFor);
    return { ...finding, ...placeFor(pointer) };
  });
}

function placesOf(file: string): (pointer: string) => TextPlace | undefined {
  const text = readSmallTextSync(file, MAX_PACKAGE_BYTES);
  return "text" in text ? placesIn(text.text) : () => undefined;
}

/**
 * Answers where a pointer's member, or element, begins; of one that is not there, the nearest around it that is. In a text that is no
 * JSON it is where it stops being some.
 */
export function placesIn(text: string): (pointer: string) => TextPlace {
  const broken = jsonErrorOffset(text);
  if (broken !== undefined) return () => placeAt(text, broken);
  const offsets = offsetsIn(text);
  return (pointer) => {
    let asked = pointer;
    while (asked !== "" && !offsets.has(asked)) asked = asked.slice(0, asked.lastIndexOf("/"));
    return placeAt(text, offsets.get(asked) ?? 0);
  };
}

interface Open {
  readonly pointer: string;
  /** Of an array: of the element that comes next. */
  index: number | undefined;
  /** Of an object: of the member whose value comes next. */
  key: string | undefined;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** @param text that is JSON. Of a member that is there twice the last one counts, as for `JSON.parse`. */
function offsetsIn(text: string): Map<string, number> {
  const offsets = new Map<string, number>();
  const open: Open[] = [];
  for (const { 0: token, index: offset } of text.matchAll(TOKEN)) {
    const inside = open.at(-1);
    if (token === "}" || token === "]") open.pop();
    else if (token === ",") {
      if (inside?.index !== undefined) inside.index++;
      else if (inside !== undefined) inside.key = undefined;
    } else if (token === ":") {
      // What follows it is the member's value.
    } else if (inside !== undefined && inside.index === undefined && inside.key === undefined) {
      inside.key = JSON.parse(token) as string;
      offsets.set(pointerTo(inside.pointer, inside.key), offset);
    } else {
      const pointer = inside === undefined ? "" : pointerTo(inside.pointer, inside.index ?? (inside.key as string));
      if (inside?.key === undefined) offsets.set(pointer, offset);
      if (token === "{" || token === "[") open.push({ pointer, index: token === "[" ? 0 : undefined, key: undefined });
    }
  }
  return offsets;
}

/** @param offset in UTF-16 units, from 0 */
export function placeAt(text: string, offset: number): TextPlace {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}
