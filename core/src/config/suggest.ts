import { closestMatch } from "leven";

/** `; did you mean X?` for the candidate closest to a name, or nothing if none is close. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  // Two slips in a word of ten letters are slips; two in a word of three make it another word.
  const maxDistance = Math.max(1, Math.floor(name.length / 3));
  const closest = closestMatch(name, [...candidates], { maxDistance });
  return closest === undefined ? "" : `; did you mean \`${closest}\`?`;
}
