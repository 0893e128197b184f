/** The proxy's own address, `http://HOST:PORT/TOKEN`: what it is made of, and how it is recognized. */
import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Socket } from "node:net";
import { MOST_READINGS, readings, Secret } from "@mlflow-auth/core/internal";

/** What a token may consist of, so that it is a path segment as it stands. */
export const tokenPattern = /^[A-Za-z0-9_-]{16,256}$/;

/** The header that holds the token for a client whose addresses must not: the bridge in Python's MLflow. */
export const TOKEN_HEADER = "mlflow-auth-token";

/** A new token: 256 random bits. */
export function createToken(): Secret {
  return new Secret(randomBytes(32).toString("base64url"));
}

/** Tells what is addressed to this proxy. */
export interface OwnAddress {
  /** Whether a Host header is the proxy's. An exact match, port included, is what keeps DNS rebinding out. */
  isOwnHost(host: string, socket: Socket): boolean;
  /** Whether a host with its port is one of the proxy's names, however a client came here. */
  isOwnName(host: string): boolean;
  /** Whether an Origin header is the proxy's. `null` is not. */
  isOwnOrigin(origin: string, socket: Socket): boolean;
  /** The token with the slash before it, or nothing where none is asked for. */
  readonly mountPoint: string;
  /** Undefined where no token is asked for. */
  readonly token: TokenTests | undefined;
  /** What a log may tell of the path of a request that was refused for what it is: its first segment may be the token of any proxy. */
  shownPath(target: string): string;
}

/** Tells the token of this proxy from anything else. */
export interface TokenTests {
  /** A text of the same length takes equally long, however much of it is right; the length is no secret. */
  isToken(text: string): boolean;
  /**
   * Whether a text holds the token, or that of another address of the same proxy, so that its reader could use the proxy: as it is,
   * percent-encoded, in base64 with whatever is around it, as in a login; also where it may, behind too many escapes.
   */
  isIn(text: string): boolean;
}

/** Where the proxy listens, and under which names. */
export interface OwnAddressOptions {
  readonly port: number;
  /** Host names beside those of loopback, without a port. */
  readonly names: readonly string[];
  /** Undefined: none is asked for. */
  readonly token: Secret | undefined;
  /** Those of the proxy's other addresses. */
  readonly otherTokens?: readonly Secret[];
}

/** The address of a proxy that listens on `port`, with what recognizes its parts in requests. */
export function createOwnAddress({ port, names, token, otherTokens = [] }: OwnAddressOptions): OwnAddress {
  const hosts = new Set<string>();
  for (const name of ["127.0.0.1", "localhost", "[::1]", ...names]) {
    hosts.add(`${name.toLowerCase()}:${port}`);
    if (port === 80) hosts.add(name.toLowerCase());
  }

  const tests = token === undefined ? undefined : createTokenTests(token.reveal(), otherTokens);
  const isOwnName = (host: string) => hosts.has(host.toLowerCase());

  function isOwnHost(host: string, socket: Socket): boolean {
    // The very address that the connection came to can't have been rebound: it is not a name.
    return isOwnName(host) || host === `${bracketed(socket.localAddress)}:${port}`;
  }

  return {
    isOwnHost,
    isOwnName,
    isOwnOrigin: (origin, socket) => origin.startsWith("http://") && isOwnHost(origin.slice("http://".length), socket),
    shownPath(target) {
      if (tests === undefined) return target;
      const rest = /^\/[^/?#]*(\/[^?#]*)?/.exec(target)?.[1] ?? "";
      return tests.isIn(rest) ? "/…" : `/…${rest}`;
    },
    mountPoint: token === undefined ? "" : `/${token.reveal()}`,
    token: tests,
  };
}

function createTokenTests(token: string, others: readonly Secret[]): TokenTests {
  const expected = Buffer.from(token, "latin1");
  const given = Buffer.alloc(expected.length);
  const forms = [token, ...others.map((other) => other.reveal())].flatMap((one) => [one, ...formsInBase64(one)]);
  const holdsOne = (text: string) => forms.some((form) => text.includes(form));
  return {
    isToken(text) {
      if (text.length !== expected.length) return false;
      given.write(text, "latin1");
      return timingSafeEqual(given, expected);
    },
    isIn(text) {
      if (!text.includes("%")) return holdsOne(text);
      const all = readings(text);
      return all.some(holdsOne) || all.length > MOST_READINGS;
    },
  };
}

/** What every text that holds the token has in its base64, one for each place of three in which the first byte may lie. */
function formsInBase64(token: string): string[] {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.from(" ".repeat(before) + token, "latin1").toString("base64url");
    // The characters at the ends have bits of what is around it. Of those in which alphabets differ none can occur.
    return encoded.slice(before === 0 ? 0 : before + 1, (before + token.length) % 3 === 0 ? undefined : -1);
  });
}

function bracketed(address: string | undefined): string {
  const plain = (address ?? "").replace(/^::ffff:(?=\d+\.)/, "");
  return plain.includes(":") ? `[${plain}]` : plain;
}
