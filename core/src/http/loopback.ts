/**
 * Whether a host name, as the WHATWG parser gives it, can only mean this machine: 127.0.0.0/8, ::1 and `localhost`. Names
 * below `localhost` do not count: not every resolver keeps them on the machine.
 */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** Whether credentials may travel to `url` as far as its scheme goes: https, or http that does not leave the machine. */
export function isPrivate(url: URL): boolean {
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
}
