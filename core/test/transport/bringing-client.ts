/** A client of a server, and what the server got of it. */
import { Agent, request } from "undici";
import { Secret } from "../../src/secret/secret.js";
import { createInterceptor } from "../../src/transport/interceptor.js";
import { type EchoServer, echoServer, type Received } from "../connection/echo-server.js";
import { authorizerOver, boundAuth, type Listed } from "../pipeline/authorizer-fixture.js";

export const credential = { headers: { Authorization: new Secret("Bearer ours") } };
export const withAuth = (uri: string): Listed => ({ uri, auth: [boundAuth("a", () => credential)] });

export interface Client {
  readonly server: EchoServer;
  /** The messages of the warnings so far. */
  warnings(): string[];
  /** Sends a request and gives what the server got. */
  send(headers: object, path?: string): Promise<Received>;
}

/** A client of a server that answers with the cookies that a request's query names. */
export async function withClient(
  list: (origin: string) => Listed[],
  run: (client: Client) => Promise<void>,
): Promise<void> {
  const server = await echoServer(({ url }, response) => {
    const { searchParams, pathname } = new URL(url, "http://server");
    for (const cookie of searchParams.getAll("set")) response.appendHeader("set-cookie", cookie);
    response.writeHead(pathname.endsWith("/rejected") ? 401 : 200).end();
  });
  const { authorizer, log } = authorizerOver(list(server.origin));
  const agent = new Agent();
  const dispatcher = agent.compose(createInterceptor(authorizer));
  try {
    await run({
      server,
      warnings: () => log.filter(({ level }) => level === "warn").map(({ message }) => message),
      async send(headers, path = "/") {
        await (await request(server.origin + path, { dispatcher, headers: headers as never })).body.dump();
        return server.received.at(-1) as Received;
      },
    });
  } finally {
    await agent.close();
    await server.close();
  }
}

export const names = ({ rawHeaders }: Received) => rawHeaders.filter((_, index) => index % 2 === 0);
