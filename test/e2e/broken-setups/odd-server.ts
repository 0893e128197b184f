/** Servers that nginx and MLflow are not: what answers with other bytes than HTTP's, hangs, or has another clock. */
import { createServer as createHttpServer, request as httpRequest } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { closeAfterwards } from "@mlflow-auth/test/suite";

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/**
 * Does with each connection as it is told, until the test is over.
 *
 * @param met gets a connection once its client has said something
 * @returns its address
 */
export async function openSocketServer(met: (socket: Socket) => void): Promise<string> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => undefined).once("data", () => met(socket));
  });
  closeAfterwards(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return listen(server);
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
