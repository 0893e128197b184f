import { closestMatch } from "leven";

/** Every name that does not exist is compared with every one that does, so a file of a hundred thousand must not set the pace. */
const MAX_CANDIDATES = 200;
const MAX_LENGTH = 100;
const MAX_LISTED = 20;

/** `; did you mean X?` for the candidate closest to a name, or nothing if none is close. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  if (name.length > MAX_LENGTH) return "";
  // Two slips in a word of five letters, such as two that changed places, are slips; in one of three they make another word.
  const maxDistance = Math.max(1, Math.floor(name.length / 2.5));
  const compared = [...candidates].slice(0, MAX_CANDIDATES).filter(({ length }) => length <= MAX_LENGTH);
  const closest = closestMatch(name, compared, { maxDistance });
  return closest === undefined ? "" : `; did you mean \`${closest}\`?`;
}

/** The first twenty of these, in a row. */
export function listNames(names: readonly string[]): string {
  return `${names.slice(0, MAX_LISTED).join(", ")}${names.length > MAX_LISTED ? ", …" : ""}`;
}
