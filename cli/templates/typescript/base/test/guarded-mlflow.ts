/** A small MLflow that lets in who shows what Acme gave: what `npm run try` asks in place of yours. */
import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { createHandler } from "@mlflow-auth/mlflow-stub";

interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const header = (headers: IncomingHttpHeaders, name: string) => headers[name.toLowerCase()];

/** What a request must show, for each kind of what a plugin gives. */
const demands: Readonly<Record<string, (asked: Asked, token: string) => boolean>> = {
  auth: ({ headers }, token) => headers.authorization === `Bearer ${token}`,
  headers: ({ headers }, token) => header(headers, "X-Acme-Token") === token,
  tags: ({ url, body }) => !url.endsWith("/runs/create") || body.includes('"acme.team"'),
  signs({ method, url, headers, body }, key) {
    const hash = createHash("sha256").update(body).digest("hex");
    const signed = [method, url, header(headers, "X-Acme-Date"), hash].join("\n");
    return header(headers, "X-Acme-Signature") === createHmac("sha256", key).update(signed).digest("hex");
  },
};

/** Starts one that demands what a plugin of these kinds gives. @param token what Acme gives now */
export async function startGuardedMlflow(kinds: readonly string[], token: () => string) {
  const handle = createHandler();
  const server = createServer(async (request, response) => {
    const { method = "GET", url = "/", headers } = request;
    const body = Buffer.concat(await request.toArray());
    const lacks = kinds.find((kind) => !demands[kind]?.({ method, url, headers, body }, token()));
    if (url !== "/health" && lacks !== undefined) {
      const message = `this request lacks what a plugin for ${lacks} gives`;
      response.writeHead(401, { "content-type": "application/json" });
      response.end(JSON.stringify({ error_code: "UNAUTHENTICATED", message }));
      return;
    }
    const answer = await handle({ method, url, headers, body: Readable.from([body]) });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
}
