import type { Socket } from "node:net";

/** The names by which the proxy may be addressed. An exact match, port included, is what keeps DNS rebinding out. */
export interface OwnHosts {
  isOwnHost(host: string, socket: Socket): boolean;
  /** Whether an Origin header is the proxy's own. `null` is not. */
  isOwnOrigin(origin: string, socket: Socket): boolean;
}

/** @param allowed further host names, without a port */
export function createOwnHosts(port: number, allowed: readonly string[]): OwnHosts {
  const hosts = new Set<string>();
  for (const name of ["127.0.0.1", "localhost", "[::1]", ...allowed]) {
    hosts.add(`${name.toLowerCase()}:${port}`);
    if (port === 80) hosts.add(name.toLowerCase());
  }

  function isOwnHost(host: string, socket: Socket): boolean {
    // The very address that the connection came to can't have been rebound: it is no name.
    return hosts.has(host.toLowerCase()) || host === `${bracketed(socket.localAddress)}:${port}`;
  }

  return {
    isOwnHost,
    isOwnOrigin: (origin, socket) => origin.startsWith("http://") && isOwnHost(origin.slice("http://".length), socket),
  };
}

function bracketed(address: string | undefined): string {
  const plain = (address ?? "").replace(/^::ffff:(?=\d+\.)/, "");
  return plain.includes(":") ? `[${plain}]` : plain;
}
