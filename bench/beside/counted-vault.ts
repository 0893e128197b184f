/** A front of Vault that counts its requests, and is what is down. */
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

export interface CountedVault {
  readonly address: string;
  /** Logins and reads since the last call. */
  taken(): { readonly logins: number; readonly reads: number };
  /** From now on every connection is closed at once. */
  goDown(): void;
  stop(): void;
}

export async function countRequests(vault: string): Promise<CountedVault> {
  let [logins, reads, down] = [0, 0, false];
  const server = createServer((incoming, outgoing) => {
    const { method = "GET", url = "/", headers } = incoming;
    if (/\/login$/.test(url)) logins++;
    if (/\/data\//.test(url)) reads++;
    const target = new URL(url, vault);
    const passed = request(target, { method, headers: { ...headers, host: target.host } }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(passed);
  });
  server.on("connection", (socket) => void (down && socket.destroy()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken() {
      const counted = { logins, reads };
      [logins, reads] = [0, 0];
      return counted;
    },
    goDown() {
      down = true;
      server.closeAllConnections();
    },
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
