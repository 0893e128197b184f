/** Certificates for tests. They are made as the tests run, so that no private key is kept in the repository. */
import { generate, type SelfsignedOptions } from "selfsigned";

/** A certificate and its key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate that signs others. */
export interface Authority extends Certificate {
  /**
   * A certificate for a server.
   *
   * @param options.host default: `localhost` and 127.0.0.1
   * @param options.client the name of a client, to make a certificate for that client instead
   * @param options.ended whether it expired yesterday
   */
  issue(options?: { host?: string; client?: string; ended?: boolean }): Promise<Certificate>;
}

const DAY = 24 * 3_600_000;
const common: SelfsignedOptions = { keyType: "ec", curve: "P-256", algorithm: "sha256" };
const loopback = {
  name: "subjectAltName" as const,
  altNames: [
    { type: 2 as const, value: "localhost" },
    { type: 7 as const, ip: "127.0.0.1" },
  ],
};

/** A new authority, which nothing trusts yet. */
export async function createAuthority(name = "test authority"): Promise<Authority> {
  const own = await make(name, {
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return {
    ...own,
    issue: ({ host, client, ended = false } = {}) =>
      make(client ?? host ?? "localhost", {
        ca: own,
        notBeforeDate: new Date(Date.now() - 3 * DAY),
        notAfterDate: new Date(Date.now() + (ended ? -DAY : DAY)),
        extensions: [
          { name: "basicConstraints", cA: false },
          { name: "keyUsage", digitalSignature: true, critical: true },
          { name: "extKeyUsage", serverAuth: client === undefined, clientAuth: client !== undefined },
          ...(client === undefined && host === undefined ? [loopback] : []),
          ...(host === undefined
            ? []
            : [{ name: "subjectAltName" as const, altNames: [{ type: 2 as const, value: host }] }]),
        ],
      }),
  };
}

/** A certificate for loopback that is its own authority. */
export function selfSigned(): Promise<Certificate> {
  return make("localhost", { extensions: [{ name: "basicConstraints", cA: false }, loopback] });
}

async function make(name: string, options: SelfsignedOptions): Promise<Certificate> {
  const { cert, private: key } = await generate([{ name: "commonName", value: name }], { ...common, ...options });
  return { cert, key };
}
