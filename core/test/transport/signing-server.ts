/** A server that takes nothing but what it was sent signed, byte for byte, and the provider that signs. */
import { createHash, createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { closeAfterwards } from "@mlflow-auth/test/suite";
import type { BoundAuth } from "../../src/pipeline/auth.js";
import type { RejectedAuth, RequestAuthProvider, SignableRequest } from "../../src/provider/provider.js";
import { Secret } from "../../src/secret/secret.js";

export interface SignedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  /** The number of the key that it was signed with, or why its signature is wrong. */
  readonly verdict: string;
}

/** Never signed: they belong to the connection. */
const UNSIGNED = new Set(["connection", "keep-alive", "transfer-encoding", "x-signature", "x-signed-with"]);

/** What is signed: everything that comes over the wire. */
function textToSign(method: string, path: string, headers: readonly (readonly [string, string])[], hash: string) {
  const lines = headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !UNSIGNED.has(name))
    .map(([name, value]) => `${name}: ${value}`)
    .sort();
  return [method, path, ...lines, hash].join("\n");
}

const signatureOf = (key: string, text: string) => createHmac("sha256", key).update(text).digest("hex");

/** The keys that there are, by their numbers. */
const keyOf = (number: number) => ["not", "a", "secret", number].join(" ");

export async function signingServer(respond?: (request: SignedRequest, response: ServerResponse) => void) {
  const state = { accepted: 1 };
  const received: SignedRequest[] = [];
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of req) chunks.push(chunk);
    } catch {
      return;
    }
    const body = Buffer.concat(chunks);
    const pairs: [string, string][] = [];
    for (let i = 0; i < req.rawHeaders.length; i += 2) {
      pairs.push([req.rawHeaders[i] as string, req.rawHeaders[i + 1] as string]);
    }
    const { method = "", url = "", headers } = req;
    const text = textToSign(method, url, pairs, createHash("sha256").update(body).digest("hex"));
    const number = Number(headers["x-signed-with"]);
    const isRight = headers["x-signature"] === signatureOf(keyOf(number), text);
    const verdict = isRight ? String(number) : `wrong: ${headers["x-signature"] === undefined ? "none" : text}`;
    const request = { method, url, headers, body, verdict };
    received.push(request);
    if (respond !== undefined) respond(request, res);
    else res.writeHead(verdict === String(state.accepted) ? 200 : 401).end(`${body.length}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closeAfterwards(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return { state, received, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** A provider that signs with the key whose number `state` holds; a rotation is noticed when it is told of a rejection. */
export function signer(state: { stored: number }, options: Partial<RequestAuthProvider> = {}) {
  const seen: SignableRequest[] = [];
  const rejected: RejectedAuth[] = [];
  let cached: { id: string; headers: Record<string, never> } | undefined;
  const provider: RequestAuthProvider = {
    getAuth: async () => (cached ??= { id: String(state.stored), headers: {} }),
    invalidate(_kind, one) {
      rejected.push(one);
      cached = undefined;
    },
    async signRequest(request, { id }) {
      seen.push(request);
      const text = textToSign(request.method, request.path, request.headers, await request.sha256());
      return { "X-Signed-With": id as string, "X-Signature": new Secret(signatureOf(keyOf(Number(id)), text)) };
    },
    ...options,
  };
  const bound: BoundAuth = { instance: "signer", timeout: 15_000, optional: false, provider };
  return { bound, seen, rejected };
}
