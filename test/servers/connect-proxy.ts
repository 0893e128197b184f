/** A corporate proxy of the strictest kind: it takes CONNECT to hosts that it knows, and nothing else. */
import { createServer, type IncomingMessage } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";
import type { Certificate } from "./certificates.ts";

/** What the proxy lets through, and for whom. */
export interface ConnectProxyOptions {
  /** `host:port` as clients name it, to the port on 127.0.0.1 where that server is. Anything else is answered with 502. */
  readonly routes: Readonly<Record<string, number>>;
  /** `user:password` that each CONNECT must bring. A CONNECT without it is answered with 407. */
  readonly credentials?: string;
  /** With this the proxy itself speaks TLS. */
  readonly certificate?: Certificate;
}

/** A running proxy, and what came to it. */
export interface ConnectProxy {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly port: number;
  /** The target of each CONNECT that came, whether it was let through or not. */
  readonly targets: string[];
  /** All that clients said to the proxy itself: request lines and headers, also of requests other than CONNECT. */
  readonly heard: string[];
  /** What went from clients to this target through the tunnels, in latin1. */
  tunnelled(target: string): string;
  /** From now on answers every CONNECT with this status; 0 hangs up, and undefined ends the fault. */
  refuse(status: number | undefined): void;
  stop(): Promise<void>;
}

/** Headers that a client has reason to send with CONNECT. A test server that takes others would hide a leak. */
const usual = new Set(["host", "connection", "proxy-connection", "proxy-authorization", "user-agent"]);

export async function startConnectProxy(options: ConnectProxyOptions): Promise<ConnectProxy> {
  const { routes, credentials, certificate } = options;
  const wanted = credentials && `Basic ${Buffer.from(credentials).toString("base64")}`;
  const targets: string[] = [];
  const heard: string[] = [];
  const sockets = new Set<Duplex>();
  const sent = new Map<string, string>();
  let refused: number | undefined;

  const server = certificate === undefined ? createServer() : createTlsServer({ ...certificate });
  server.on("request", (request, response) => {
    hear(request);
    response.writeHead(405).end();
  });
  server.on("connect", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    hear(request);
    const target = request.url ?? "";
    targets.push(target);
    track(socket);
    const status = refused ?? judge(request);
    const port = routes[target];
    if (status !== 200 || port === undefined) {
      if (status !== 0) socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n${challenge(status)}\r\n`);
      else socket.destroy();
      return;
    }
    const onward = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.write(head);
      socket.on("data", (chunk: Buffer) => {
        sent.set(target, (sent.get(target) ?? "") + chunk.toString("latin1"));
      });
      socket.pipe(onward).pipe(socket);
    });
    track(onward);
    onward.on("error", () => socket.destroy());
    socket.on("close", () => onward.destroy());
  });

  function judge({ headers, url = "" }: IncomingMessage): number {
    if (Object.keys(headers).some((name) => !usual.has(name)) || headers.host === undefined) return 400;
    if (wanted !== undefined && headers["proxy-authorization"] !== wanted) return 407;
    return routes[url] === undefined ? 502 : 200;
  }

  function hear({ method, url, rawHeaders }: IncomingMessage): void {
    heard.push([`${method} ${url}`, ...rawHeaders].join("\n"));
  }

  function track(socket: Duplex): void {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  }

  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    port,
    targets,
    heard,
    tunnelled: (target) => sent.get(target) ?? "",
    refuse(status) {
      refused = status;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const challenge = (status: number) => (status === 407 ? 'proxy-authenticate: Basic realm="proxy"\r\n' : "");
