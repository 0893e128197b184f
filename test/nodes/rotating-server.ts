import { createHash } from "node:crypto";
import { type EchoServer, echoServer } from "../../core/test/connection/echo-server.ts";

export interface RotatingServer {
  /** Listed is what lies below `/base`. */
  readonly origin: string;
  close(): Promise<void>;
}

/**
 * Accepts one bearer token below `/base` and answers there with the length and digest of the body that came. A request to
 * `/rotate`, which is not listed and must carry no credential, replaces the token, at the server and where the plugin reads it.
 */
export async function startRotatingServer(store: (credential: string) => void): Promise<RotatingServer> {
  let accepted = "first";
  let count = 0;
  const server: EchoServer = await echoServer(({ url, headers, body }, response) => {
    if (url.startsWith("/base")) {
      if (headers.authorization !== `Bearer ${accepted}`) response.writeHead(401).end("who are you?");
      else response.end(`${body.length} ${createHash("sha256").update(body).digest("hex")}`);
    } else if (headers.authorization !== undefined) response.writeHead(400).end("a credential went astray");
    else {
      if (url === "/rotate") {
        accepted = `rotated-${++count}`;
        store(accepted);
      }
      response.end("fine");
    }
  });
  return { origin: server.origin, close: server.close };
}
