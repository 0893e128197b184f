/**
 * Whether a server, or what stands in front of it, could read a path as one below a base path, though it is written in another way. The
 * counterpart of `leadsOut`, for paths without dot segments.
 */
import { readings, textsOf } from "./paths.js";

/** What separates segments for one server or another, several at once as one. */
const SEPARATOR = /[/\\\u2044\u2215\u29f8]+/;
/** What may follow a segment's name without being a part of it: dots and blanks on Windows, parameters, the name of a stream, an end. */
const NO_PART_OF_NAME = /^[.+]*(?:$|[;:?#,&|<>"*])/;

/**
 * Decoded any number of times, with overlong forms and letters of other widths or with accents as the letters that they stand for, with
 * slashes merged and backslashes for slashes, and without control characters, blanks, parameters and dots at the end of a segment, also
 * where that is all of it: `/;a/team` is `//team` to Tomcat.
 *
 * @param path without its query
 * @param base a listed server's, without a slash at its end
 * @param letters whether those that differ by their case alone are the same
 */
export function readsBelow(path: string, base: string, letters: "exact" | "any case"): boolean {
  const wanted = segmentsOf(textsOf(readings(base).at(-1) as string).at(-1) as string, letters);
  return segmentReadings(path, letters).some((segments) =>
    wanted.every((name, index) => isNamed(segments[index], name)),
  );
}

/** The segments of a path in each of these readings. */
export function segmentReadings(path: string, letters: "exact" | "any case"): readonly (readonly string[])[] {
  return readings(path)
    .flatMap(textsOf)
    .flatMap((text) => {
      const all = segmentsOf(text, letters);
      const named = all.filter((segment) => !isNamed(segment, ""));
      return named.length === all.length ? [all] : [all, named];
    });
}

function segmentsOf(text: string, letters: "exact" | "any case"): string[] {
  const folded = text.normalize("NFKD").replace(/\p{M}/gu, "");
  return (letters === "exact" ? folded : folded.toLowerCase()).split(SEPARATOR).filter((segment) => segment !== "");
}

/** Whether a segment has this name, whatever follows that servers take for no part of it. */
export function isNamed(segment: string | undefined, name: string): boolean {
  return segment?.startsWith(name) === true && NO_PART_OF_NAME.test(segment.slice(name.length));
}
