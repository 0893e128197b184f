import { closestMatch } from "leven";

/** `; did you mean X?` for the candidate closest to a name, or nothing if none is close. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  // Two slips in a word of five letters, such as two that changed places, are slips; in one of three they make another word.
  const maxDistance = Math.max(1, Math.floor(name.length / 2.5));
  const closest = closestMatch(name, [...candidates], { maxDistance });
  return closest === undefined ? "" : `; did you mean \`${closest}\`?`;
}
