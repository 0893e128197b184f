/** Which versions a range of package.json means, as npm reads it: `^1.2`, `>=22.19 <25`, `1.x || 2.x`. */

type Version = readonly [major: number, minor: number, patch: number];

/** What stands between two spaces: an operator, and a version of which the end may be missing. */
const COMPARATOR = /^(\^|~>?|[<>]=?|=)?v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:[-+][\w.+-]*)?$/;

/**
 * Whether a version lies in a range. What stands behind a version's `-` is not looked at: a pre-release counts as the release that it
 * leads to.
 *
 * @param version such as `22.19.0`
 * @param range as package.json has it; `workspace:` before it means the same of a package that is worked on
 * @returns undefined where the range is none that can be read, as an address or a tag
 */
export function isInRange(version: string, range: string): boolean | undefined {
  const own = COMPARATOR.exec(version.trim());
  if (own === null) return undefined;
  const numbers = [own[2], own[3], own[4]].map(Number) as unknown as Version;
  const text = range.replace(/^workspace:/, "").trim();
  // What pnpm and yarn write the present version in place of.
  if (/^[\^~]$/.test(text)) return true;
  const ways = text.split("||").map((way) => boundsOf(way.trim()));
  if (ways.some((bounds) => bounds === undefined)) return undefined;
  return ways.some((bounds) => bounds?.every(({ from, to }) => isBelowOrAt(from, numbers) && isBelow(numbers, to)));
}

/** From and below. */
interface Bounds {
  readonly from: Version;
  readonly to: Version;
}

const NONE: Version = [0, 0, 0];
const END: Version = [Infinity, 0, 0];

/** What all must hold; undefined for what can't be read. */
function boundsOf(way: string): Bounds[] | undefined {
  const [, low, high] = /^(\S+)\s+-\s+(\S+)$/.exec(way) ?? [];
  const parts = low === undefined ? way.replaceAll(/([<>=^~])\s+/g, "$1").split(/\s+/) : [`>=${low}`, `<=${high}`];
  const bounds = parts.map((part) => (part === "" ? { from: NONE, to: END } : comparator(part)));
  return bounds.includes(undefined) ? undefined : (bounds as Bounds[]);
}

function comparator(text: string): Bounds | undefined {
  const [found, operator = "", ...given] = COMPARATOR.exec(text) ?? [];
  if (found === undefined) return undefined;
  const known = given.slice(0, 3).map((part) => (part === undefined || /[xX*]/.test(part) ? undefined : Number(part)));
  const first = known.indexOf(undefined);
  const exact = known.slice(0, first === -1 ? 3 : first) as number[];
  const from = filled(exact);
  /** The first version behind all that the text may stand for. */
  const behind = exact.length === 0 ? END : filled(exact, exact.length - 1);
  switch (operator) {
    case "^": {
      const kept = exact.findIndex((part) => part > 0);
      return { from, to: exact.length === 0 ? END : filled(exact, kept === -1 ? exact.length - 1 : kept) };
    }
    case "~":
    case "~>":
      return { from, to: exact.length === 0 ? END : filled(exact, Math.min(1, exact.length - 1)) };
    case ">=":
      return { from, to: END };
    case ">":
      return { from: behind, to: END };
    case "<":
      return { from: NONE, to: from };
    case "<=":
      return { from: NONE, to: behind };
    default:
      return { from, to: behind };
  }
}

/** With zeros behind; where a place is named, the next one there and zeros behind it. */
function filled(exact: readonly number[], raised?: number): Version {
  const numbers = [0, 1, 2].map((at) => {
    if (raised !== undefined && at > raised) return 0;
    return (exact[at] ?? 0) + (at === raised ? 1 : 0);
  });
  return numbers as unknown as Version;
}

function isBelow(one: Version, other: Version): boolean {
  const at = [0, 1, 2].find((place) => one[place] !== other[place]);
  return at !== undefined && (one[at] as number) < (other[at] as number);
}

function isBelowOrAt(one: Version, other: Version): boolean {
  return !isBelow(other, one);
}
