/**
 * Whether a server could read a path as a way out of the base path below which it lies. The one judge of that question: the
 * library and the proxy refuse the same spellings, and pass every other path on as it was written.
 */

/** Nothing but plain characters, and no segment of dots: nearly every path. */
const SUSPECT = /[^!-~]|[%\\]|\/\.{1,2}(?:[;/]|$)/;
/** A segment that some server reads as `.` or `..`, once what servers drop is gone. A decoded `?` or `#` may end the path. */
const DOT_SEGMENT = /(?:^|[/\\])(?:\.\.?(?:;[^/\\]*)?(?=[/\\]|$)|\.\.(?=[?#]))/;
/** What servers are known to drop, of a path read byte by byte: control characters, blanks, and bytes that never occur in UTF-8. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const DROPPED_BYTES = /[\u0001-\u0020\u007f-\u00a0\u00c0\u00c1\u00f5-\u00ff]/g;
/** The same, of a path read as UTF-8, with the character that stands for broken bytes. */
const DROPPED_CHARACTERS = /[\p{Cc}\p{Cf}\p{Z}\ufffd]/gu;
/** Overlong UTF-8, which a careless decoder reads as the ASCII character in its last seven bits (RFC 3629, section 3). */
const OVERLONG = /(?:[\u00c0\u00c1]|\u00e0[\u0080\u0081]|\u00f0\u0080[\u0080\u0081])[\u0080-\u00bf]/g;

/**
 * @param target a request's target, or the path and query of a URL: it begins with `/`; from the first `?` on it is not judged
 * @returns true where a segment is `.` or `..` after any number of decodings, with slashes and backslashes as separators and
 *   with control characters, blanks, what follows `;`, overlong forms and full-width dots taken out of the way; where it holds a NUL; and
 *   where it is escaped more often than anybody does
 */
export function leadsOut(target: string): boolean {
  const query = target.indexOf("?");
  const path = query === -1 ? target : target.slice(0, query);
  if (!SUSPECT.test(path)) return false;
  const all = readings(path);
  if (all.length > MOST_READINGS) return true;
  return all.some((reading) => reading.includes("\0") || textsOf(reading).some((text) => DOT_SEGMENT.test(text)));
}

/**
 * What servers may make of a path that is decoded, one character a byte: read byte by byte or as UTF-8, with overlong forms taken for
 * characters or for broken bytes, letters of other widths for the plain ones, and without what is known to be dropped.
 */
export function textsOf(reading: string): readonly string[] {
  const careless = reading.replace(OVERLONG, overlongCharacter);
  // A strict decoder takes an overlong form for broken bytes, and may drop them.
  return (careless === reading ? [reading] : [careless, reading]).flatMap((bytes) => {
    const characters = Buffer.from(bytes, "latin1").toString("utf8").replace(ESCAPED_CHARACTER, escapedCharacter);
    return [bytes.replace(DROPPED_BYTES, ""), characters.normalize("NFKC").replace(DROPPED_CHARACTERS, "")];
  });
}

/** IIS's own escapes. */
const ESCAPED_CHARACTER = /%u([0-9a-f]{4})/gi;
const escapedCharacter = (_: string, hex: string) => String.fromCharCode(Number.parseInt(hex, 16));

/** Where servers may come to that read a path each in its own way: resolved, and without what is known to be dropped. */
export function resolutions(path: string): readonly string[] {
  return readings(path).map((reading) => {
    const plain = reading
      .replace(OVERLONG, overlongCharacter)
      .replace(DROPPED_BYTES, "")
      .replace(/;[^/\\]*/g, "");
    return URL.parse(`http://host${plain}`)?.pathname ?? "";
  });
}

/** The character for which an overlong form stands: of the lead byte of two bytes one bit counts, of the last byte six. */
function overlongCharacter(bytes: string): string {
  const lead = bytes.charCodeAt(bytes.length - 2);
  return String.fromCharCode(((lead & 1) << 6) | (bytes.charCodeAt(bytes.length - 1) & 0x3f));
}

/** Nobody escapes a text more often; each further reading would cost as much as the first, and a text can hold thousands. */
export const MOST_READINGS = 16;

/**
 * A text as it is, and as it reads after each further round of decoding, until nothing is left to decode. Escapes become one
 * character a byte; broken ones stay. A percent sign that was escaped many times over is decoded in one go.
 *
 * @returns at least one; {@link MOST_READINGS} and one more where there may be others yet
 */
export function readings(text: string): readonly string[] {
  const found = [text];
  let reading = text;
  while (found.length <= MOST_READINGS) {
    const decoded = decodedOnce(reading.replace(/%(?:25)+(?=[0-9a-f]{2})/gi, "%"));
    if (decoded === reading) break;
    reading = decoded;
    found.push(reading);
  }
  return found;
}

/** A text with one round of escapes decoded, each to one character a byte; broken ones stay. */
export function decodedOnce(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
