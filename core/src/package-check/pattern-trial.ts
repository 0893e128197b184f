/** Whether a regular expression can go back and forth for ever over a short text: found out by trying, within a time limit. */
import { DeadlineError, withinDeadline } from "../time/within-deadline.js";

/** Milliseconds for one text of a few hundred characters: a hundred thousand times what it takes. */
const LONGEST = 1_000;
/** How often what may be matched in several ways is repeated: enough that even a few ways each take for ever. */
const REPEATED = 100;
/** Parts of a pattern that are repeated together. */
const MOST_TOGETHER = 4;
/** Parts of a pattern that are looked at. */
const MOST_PARTS = 200;
/** What may end a text so that it does not match: the expression then tries every other way. */
const ENDS = ["\u0000", ""];

/**
 * @param source of a pattern that can be compiled
 * @returns whether a text was found that takes too long. False is no proof: no list of such texts is complete
 */
export function canTakeForEver(source: string): boolean {
  let pattern: RegExp;
  try {
    pattern = new RegExp(source, "u");
  } catch {
    // Not this question's: whoever compiles the schema tells.
    return false;
  }
  try {
    for (const text of textsFor(source)) withinDeadline(LONGEST, () => pattern.test(text));
    return false;
  } catch (thrown) {
    if (thrown instanceof DeadlineError) return true;
    throw thrown;
  }
}

/** For each part of the pattern, and a few in a row: what leads to it, it many times over, and what does not match. */
function* textsFor(source: string): Generator<string> {
  const parts = partsOf(source).slice(0, MOST_PARTS);
  for (const [first, { before }] of parts.entries()) {
    for (let count = 1; count <= MOST_TOGETHER && first + count <= parts.length; count++) {
      const together = parts.slice(first, first + count).map(({ sample }) => sample);
      for (const end of ENDS) yield before + together.join("").repeat(REPEATED) + end;
    }
  }
}

/** Something in a pattern that matches one character. */
interface Part {
  /** A character that it matches. */
  readonly sample: string;
  /** A text that leads to it, of the last alternatives. */
  readonly before: string;
}

/** A class, an escape, the begin of a group, a count, or any one character. */
const TOKEN =
  /\[(?:\\.|[^\]\\])*\]|\\(?:u\{[0-9a-f]+\}|u[0-9a-f]{4}|x[0-9a-f]{2}|[pP]\{[^}]*\}|k<[^>]*>|c[a-z]|.)|\((?:\?(?:<?[=!]|:|<[^>]*>))?|\{(\d+)[^}]*\}|./gisu;

function partsOf(source: string): Part[] {
  const parts: Part[] = [];
  /** Where in `before` each open group began, and whether it is one that takes up no text. */
  const open: { readonly at: number; readonly looks: boolean }[] = [];
  let before = "";
  let last = "";
  for (const [token, count] of source.matchAll(TOKEN)) {
    if (token.startsWith("(")) open.push({ at: before.length, looks: /^\(\?<?[=!]/.test(token) });
    else if (token === ")") {
      const group = open.pop();
      if (group?.looks) before = before.slice(0, group.at);
    } else if (token === "|") before = before.slice(0, open.at(-1)?.at ?? 0);
    else if (count !== undefined) before += last.repeat(Math.max(0, Math.min(Number(count), REPEATED) - 1));
    else {
      last = sampleOf(token) ?? "";
      if (last !== "") parts.push({ sample: last, before });
      before += last;
    }
  }
  return parts;
}

/** Those that patterns of options speak about, most usual first. */
const SAMPLES = ["a", "0", "-", "A", "_", ".", "/", " ", ":", "x", "1", "z", "@", "é", "\n", "\u0000"];

/** Undefined for what matches no character: an anchor, a quantifier, a reference. */
function sampleOf(token: string): string | undefined {
  if (/^(?:[\^$*+?]|\\[bB1-9k])/.test(token)) return undefined;
  try {
    const one = new RegExp(`^(?:${token})$`, "u");
    const named = [...token.replace(/[[\]\\^]/g, "")];
    return [...SAMPLES, ...named].find((sample) => one.test(sample));
  } catch {
    return undefined;
  }
}
