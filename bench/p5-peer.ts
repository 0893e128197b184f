/**
 * The other sides of P5, each in a process of its own: `p5-peer.ts upstream` takes any upload and gives as many bytes as the path
 * says (`/1024`); `p5-peer.ts upload|download URL BYTES` is a client. Nothing is stored: the same MiB goes over and over.
 */
import { createServer, get, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const piece = Buffer.alloc(1024 * 1024, "x");

async function give(stream: ServerResponse | ReturnType<typeof request>, bytes: number): Promise<void> {
  for (let left = bytes; left > 0; left -= piece.length) {
    const flowing = stream.write(left < piece.length ? piece.subarray(0, left) : piece);
    if (!flowing) await new Promise((resolve) => stream.once("drain", resolve));
  }
  stream.end();
}

async function count(stream: IncomingMessage): Promise<number> {
  let bytes = 0;
  for await (const chunk of stream) bytes += (chunk as Buffer).length;
  return bytes;
}

function startUpstream(): void {
  const server = createServer(async (req, res) => {
    const received = await count(req);
    const wanted = Number(/\d+$/.exec(req.url as string)?.[0] ?? 0);
    res.writeHead(200, { "content-length": wanted, "x-received": received });
    await give(res, wanted);
  });
  server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  process.on("disconnect", () => process.exit());
}

async function upload(url: string, bytes: number): Promise<void> {
  const req = request(`${url}/0`, { method: "PUT", headers: { "content-length": bytes } });
  const answer = new Promise<IncomingMessage>((resolve, reject) => req.on("response", resolve).on("error", reject));
  await give(req, bytes);
  const { statusCode, headers } = await answer;
  if (statusCode !== 200 || Number(headers["x-received"]) !== bytes) throw new Error(`not all arrived: ${statusCode}`);
}

async function download(url: string, bytes: number): Promise<void> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) =>
    get(`${url}/${bytes}`, resolve).on("error", reject),
  );
  if ((await count(answer)) !== bytes) throw new Error("not all arrived");
}

const [role, url = "", bytes] = process.argv.slice(2);
if (role === "upstream") {
  startUpstream();
} else {
  await (role === "upload" ? upload : download)(url, Number(bytes));
  process.exit();
}
