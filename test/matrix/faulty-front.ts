/** Stands before a secret store, and fails as networks and gateways do, whatever the vendor. */
import { createServer, request as httpRequest, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream";

/** What does not depend on the vendor. */
export type FrontFault = "down" | "slow" | "garbage" | "huge";

export interface FaultyFront {
  /** `http://127.0.0.1:PORT` */
  readonly address: string;
  fault: FrontFault | undefined;
  stop(): Promise<void>;
}

/** What a gateway answers that leads elsewhere. */
export const PAGE = "<!doctype html><title>Welcome</title><p>This is somebody else's page.";

/** JSON that is longer than any secret store's. */
export function tooMuch(): string {
  return JSON.stringify({ data: "x".repeat(2 * 1024 * 1024) });
}

/** @param upstream the store's address, on loopback and without TLS */
export async function startFaultyFront(upstream: string): Promise<FaultyFront> {
  const server = createServer((request, response) => {
    if (front.fault !== undefined) return fail(front.fault, response);
    const { method, url = "/", headers } = request;
    const onward = httpRequest(upstream + url, { method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, response, () => undefined);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const front: FaultyFront = {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: undefined,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return front;
}

function fail(fault: FrontFault, response: ServerResponse): void {
  if (fault === "down") return void response.socket?.resetAndDestroy();
  if (fault === "slow") return;
  const type = fault === "garbage" ? "text/html" : "application/json";
  response.writeHead(200, { "Content-Type": type }).end(fault === "garbage" ? PAGE : tooMuch());
}
