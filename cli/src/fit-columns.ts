/** Text for a terminal: broken between words, where the terminal itself would break it anywhere. */
import { wrapAnsi } from "fast-wrap-ansi";

/** In a terminal that is narrower, breaking lines helps nobody. */
const NARROWEST = 30;
/** How much further in a line goes on than it began. */
const HANGING = 2;

/**
 * Lines that are wider than the terminal go on in lines of their own, further in. What stands in backticks stays whole, for it may be
 * a command that somebody copies; so does an address.
 *
 * @param stream where it will be printed; what is no terminal gets every line as it is
 */
export function fitColumns(text: string, { isTTY, columns }: Pick<NodeJS.WriteStream, "isTTY" | "columns">): string {
  if (!isTTY || !(columns >= NARROWEST)) return text;
  return text
    .split("\n")
    .map((line) => (line.length <= columns ? line : fitLine(line, columns)))
    .join("\n");
}

/** Stands for a blank that is no place to break a line at. */
const KEPT = "\u00a0";

function fitLine(line: string, columns: number): string {
  const [margin = ""] = /^ */.exec(line) ?? [];
  const whole = line.slice(margin.length).replaceAll(/`[^`]*`/g, (code) => code.replaceAll(" ", KEPT));
  const hanging = " ".repeat(Math.min(margin.length + HANGING, columns / 2));
  // Of the first line, what it begins with; of the others, what they are moved in by.
  const wrapped = wrapAnsi(whole, columns - hanging.length, { trim: false }).split("\n");
  return wrapped
    .map((part, index) => (index === 0 ? margin + part.trimEnd() : hanging + part.trim()))
    .join("\n")
    .replaceAll(KEPT, " ");
}

/** Has a stream write all text so, whoever writes it. Not for one on which something moves the cursor. */
export function fitStream(stream: NodeJS.WriteStream): void {
  const write = stream.write.bind(stream) as (...given: unknown[]) => boolean;
  stream.write = ((chunk: unknown, ...others: unknown[]) =>
    write(typeof chunk === "string" ? fitColumns(chunk, stream) : chunk, ...others)) as typeof stream.write;
}
