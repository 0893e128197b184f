/** Where in the code an error was made. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { printable } from "./printable.js";

/** Places in the code that a line names: that of the failure, and those that led to it. */
const MOST_FRAMES = 5;

const FRAME = /^\s+at .*?\(?((?:file:\/\/)?\/[^()]*?):(\d+:\d+)\)?$/;

/**
 * Where an error was made, as `FILE:LINE:COLUMN`, the innermost first. A message may hold line breaks, and what looks like a frame:
 * only files that exist are named.
 */
export function framesOf(thrown: unknown): string[] {
  const stack = stackOf(thrown);
  if (stack === undefined) return [];
  const frames: string[] = [];
  for (const line of stack.split("\n")) {
    const [, where = "", position = ""] = FRAME.exec(line) ?? [];
    const file = where.startsWith("file://") ? fileURLToPath(where) : where;
    if (file !== "" && existsSync(file) && frames.length < MOST_FRAMES) frames.push(`${printable(file)}:${position}`);
  }
  return frames;
}

function stackOf(thrown: unknown): string | undefined {
  try {
    const { stack } = Object(thrown) as { stack?: unknown };
    return typeof stack === "string" ? stack : undefined;
  } catch {
    return undefined;
  }
}
