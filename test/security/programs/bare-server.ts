/** What floods are measured against: node:http alone, which answers its own path and closes after any other. Prints its port. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const server = createServer((req, res) => {
  if (req.url === "/good") res.end("fine");
  else res.writeHead(403, { connection: "close" }).end("refused");
});
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
