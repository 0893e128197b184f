/** Speaks TLS in front of a server that does not, such as the real Vault of the tests. */
import { request as httpRequest } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream";
import type { Certificate } from "./certificates.ts";

/** The server behind it, and who may connect. */
export interface TlsFrontOptions {
  /** For example `http://127.0.0.1:8200`. */
  readonly upstream: string;
  readonly certificate: Certificate;
  /** If set, only clients with a certificate of this authority (PEM) are let in. */
  readonly clientAuthority?: string | undefined;
}

/** A running front, and what came to it. */
export interface TlsFront {
  /** For example `https://127.0.0.1:41234`. */
  readonly address: string;
  /** The common names of the clients that showed a certificate, one per connection. */
  readonly clients: readonly string[];
  /** The protocols that clients offered, one list per connection: `http/1.1`, `h2`. */
  readonly offered: readonly (readonly string[])[];
  /** How many connections were tried, whether they succeeded or not. */
  connections(): number;
  /** Goes on with another certificate. Open connections end. */
  replace(certificate: Certificate): void;
  stop(): Promise<void>;
}

/** Starts a front on a free port of loopback. */
export async function startTlsFront({ upstream, certificate, clientAuthority }: TlsFrontOptions): Promise<TlsFront> {
  const clients: string[] = [];
  const offered: string[][] = [];
  let connections = 0;
  const demands =
    clientAuthority === undefined ? {} : { ca: clientAuthority, requestCert: true, rejectUnauthorized: true };
  const ALPNCallback = ({ protocols }: { protocols: string[] }) => {
    offered.push(protocols);
    return "http/1.1";
  };
  const server = createServer({ ...certificate, ...demands, ALPNCallback }, (request, response) => {
    const { method, url = "/", headers } = request;
    const onward = httpRequest(upstream + url, { method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, response, () => undefined);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  server.on("connection", () => connections++);
  server.on("secureConnection", (socket) => {
    const { subject } = socket.getPeerCertificate();
    if (subject?.CN !== undefined) clients.push(String(subject.CN));
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  return {
    address: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clients,
    offered,
    connections: () => connections,
    replace(other) {
      server.setSecureContext({ ...other, ...demands });
      server.closeAllConnections();
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
