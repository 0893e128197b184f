/**
 * Whether a server could read a path as leading out of its base path although the WHATWG parser does not: dot segments
 * hidden behind escaped slashes, backslashes, semicolons or repeated escapes (`/base/..%2fother`, `/base/..%3b/other`,
 * `/base/%252e%252e/other`).
 */
export function leadsElsewhere(pathname: string): boolean {
  let path = pathname;
  // Three rounds: what is escaped more often than that is decoded by no server we know of.
  for (let round = 0; round < 3; round++) {
    if (/[/\\]\.\.(?:[/\\;?#]|$)/.test(path)) return true;
    const decoded = path.replace(/%(25|2e|2f|5c|3b|3f|23)/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    if (decoded === path) return false;
    path = decoded;
  }
  return /[/\\]\.\.(?:[/\\;?#]|$)/.test(path);
}
