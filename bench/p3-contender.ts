/** Another proxy of P3 in a process of its own, `p3-contender.ts fast-proxy|fastify UPSTREAM`: it adds one header. Prints its address. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const [name, upstream = ""] = process.argv.slice(2);
const withCredential = (headers: Record<string, unknown>) => ({
  ...headers,
  authorization: `Bearer ${"t".repeat(40)}`,
});

async function startFastProxy(): Promise<number> {
  const { default: createProxy } = (await import("fast-proxy")) as unknown as { default: FastProxy };
  const { proxy } = createProxy({ base: upstream, undici: { connections: 64, pipelining: 1 } });
  const server = createServer((req, res) =>
    proxy(req, res, req.url as string, { rewriteRequestHeaders: (_req, headers) => withCredential(headers) }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** Of its API what is used here. */
type FastProxy = (options: { base: string; undici: object }) => {
  proxy(
    req: IncomingMessage,
    res: ServerResponse,
    url: string,
    options: { rewriteRequestHeaders(req: unknown, headers: Record<string, unknown>): object },
  ): void;
};

async function startFastify(): Promise<number> {
  const [{ fastify }, { default: httpProxy }] = await Promise.all([import("fastify"), import("@fastify/http-proxy")]);
  const app = fastify();
  const undici = { connections: 64, pipelining: 1 };
  await app.register(httpProxy, {
    upstream,
    undici,
    replyOptions: { rewriteRequestHeaders: (_req, headers) => withCredential(headers) as never },
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  return (app.server.address() as AddressInfo).port;
}

const port = name === "fastify" ? await startFastify() : await startFastProxy();
console.log(`http://127.0.0.1:${port}`);
process.on("disconnect", () => process.exit());
