/** Servers that nginx and MLflow are not: what answers with other bytes than HTTP's, hangs, or has another clock. */
import { createServer as createHttpServer, request as httpRequest } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { closeAfterwards } from "@mlflow-auth/test/suite";

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/**
 * Does with each connection as it is told, until the test is over.
 *
 * @param met gets a connection once its client has said something, and what it has said
 * @returns its address
 */
export async function openSocketServer(met: (socket: Socket, said: Buffer) => void): Promise<string> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => undefined).once("data", (said) => met(socket, said));
  });
  closeAfterwards(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return listen(server);
}

/** A server that answers in a wrong way until somebody has it fixed: from then on, as the one behind it. */
export interface FaultyServer {
  readonly uri: string;
  fix(): void;
}

/** @param upstream the URI of the server behind it */
export async function openFaultyServer(upstream: string, met: (socket: Socket) => void): Promise<FaultyServer> {
  const { hostname, port } = new URL(upstream);
  let isFixed = false;
  const uri = await openSocketServer((socket, said) => {
    if (!isFixed) return met(socket);
    const onward = connect(Number(port), hostname).on("error", () => socket.destroy());
    socket.on("close", () => onward.destroy());
    onward.write(said);
    socket.pipe(onward).pipe(socket);
  });
  return {
    uri,
    fix() {
      isFixed = true;
    },
  };
}

/** A proxy in front of another server, as its operator has it: its clock, and what it adds. */
export interface OddProxy {
  readonly uri: string;
  /** @param ahead milliseconds that its clock is ahead of this machine's from now on */
  set(ahead: number): void;
}

/** @param upstream the URI of the server behind it */
export async function openProxyWithClock(upstream: string, ahead: number): Promise<OddProxy> {
  let offset = ahead;
  const server = createHttpServer((request, response) => {
    const { method, url = "/", headers } = request;
    const onward = httpRequest(upstream + url, { method, headers, agent: false }, (answer) => {
      const date = new Date(Date.now() + offset).toUTCString();
      response.writeHead(answer.statusCode ?? 502, { ...answer.headers, date });
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  closeAfterwards(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    uri: await listen(server),
    set(other) {
      offset = other;
    },
  };
}
