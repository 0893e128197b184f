/** The load generator of P3, in a process of its own. For each {@link Load} it sends the requests and answers with the seconds they took. */
import { connect, type Socket } from "node:net";

export interface Load {
  /** The address to ask below. */
  readonly url: string;
  /** With its query. */
  readonly path: string;
  readonly method: "GET" | "POST";
  readonly requests: number;
}

const CONNECTIONS = 50;
const BODY = "x".repeat(2_000);

process.on("message", async (load: Load) => {
  const start = process.hrtime.bigint();
  await send(load);
  process.send?.(Number(process.hrtime.bigint() - start) / 1e9);
});
process.on("disconnect", () => process.exit());

async function send({ url, path, method, requests }: Load): Promise<void> {
  const { hostname, port, pathname, host } = new URL(url);
  const head = [
    `${method} ${pathname.replace(/\/$/, "")}${path} HTTP/1.1`,
    `Host: ${host}`,
    "User-Agent: mlflow-python-client/3.1.0",
    "Accept-Encoding: gzip, deflate",
    "Accept: */*",
    "Connection: keep-alive",
    ...(method === "POST" ? ["Content-Type: application/json", `Content-Length: ${BODY.length}`] : []),
  ];
  const request = Buffer.from(`${head.join("\r\n")}\r\n\r\n${method === "POST" ? BODY : ""}`);
  let left = requests;
  const client = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => next(socket));
      socket.setNoDelay(true);
      const next = (open: Socket) => {
        if (left-- > 0) open.write(request);
        else {
          open.end();
          resolve();
        }
      };
      let received = "";
      socket.setEncoding("latin1");
      socket.on("data", (chunk: string) => {
        received += chunk;
        if (!isWhole(received)) return;
        if (!received.startsWith("HTTP/1.1 200")) return reject(new Error(received.slice(0, 500)));
        received = "";
        next(socket);
      });
      socket.on("error", reject);
      socket.on("close", () => (left > 0 ? reject(new Error("hung up")) : resolve()));
    });
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf("\r\n\r\n");
  if (end === -1) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer)?.[1];
  return length === undefined ? answer.endsWith("\r\n0\r\n\r\n") : answer.length >= end + 4 + Number(length);
}
