/** A double of Vault's agent, which adds the token of its own login to what has none. */
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";

/** As `api_proxy { use_auto_auth_token = true }` and a listener with `require_request_header = true` have it. */
export interface VaultAgentOptions {
  /** The address of the Vault behind it, without TLS. */
  readonly vault: string;
  /** The token that its login has; undefined while it has none. */
  added(): string | undefined;
  /** The path of a Unix socket to listen on. Default: a free port. */
  readonly socket?: string | undefined;
}

export interface VaultAgent {
  readonly address: string;
  /** The token of each request as it came. */
  readonly tokens: readonly (string | undefined)[];
  stop(): Promise<void>;
}

export async function startVaultAgent({ vault, added, socket }: VaultAgentOptions): Promise<VaultAgent> {
  const tokens: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    if (request.headers["x-vault-request"] !== "true") return void response.writeHead(412).end();
    const given = request.headers["x-vault-token"] as string | undefined;
    tokens.push(given);
    const token = given ?? added();
    const headers = { ...request.headers, ...(token === undefined ? {} : { "x-vault-token": token }) };
    const { url, method } = request;
    const onward = httpRequest(vault + url, { method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => {
    if (socket === undefined) server.listen(0, "127.0.0.1", resolve);
    else server.listen(socket, resolve);
  });
  return {
    tokens,
    address: socket === undefined ? `http://127.0.0.1:${(server.address() as AddressInfo).port}` : `unix://${socket}`,
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
