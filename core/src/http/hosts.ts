/** What host names mean. All are as the WHATWG parser gives them. */

/**
 * Whether a host name can only mean this machine: 127.0.0.0/8, ::1 and `localhost`. Names
 * below `localhost` do not count: not every resolver keeps them on the machine.
 */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** Whether credentials may travel to `url` as far as its scheme goes: https, or http that does not leave the machine. */
export function isPrivate(url: URL): boolean {
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
}

/** A test for a pattern with one `*`, which stands for at least one character of the leftmost label, and never for a dot. */
export function wildcardTest(pattern: string): (hostname: string) => boolean {
  const star = pattern.indexOf("*");
  const before = pattern.slice(0, star);
  const after = pattern.slice(star + 1);
  return (hostname) =>
    hostname.length > before.length + after.length &&
    hostname.startsWith(before) &&
    hostname.endsWith(after) &&
    !hostname.slice(before.length, hostname.length - after.length).includes(".");
}
