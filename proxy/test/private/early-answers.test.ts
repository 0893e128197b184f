import { once } from "node:events";
import { request } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { startRig } from "../rig.js";

const test = suite("uploads that a server answers before it has read them");

const MIB = 1024 * 1024;
const head = "HTTP/1.1 413 Content Too Large\r\nconnection: close\r\n";
const answer = `${head}content-length: 9\r\n\r\ntoo large`;

const manners: Readonly<Record<string, (socket: Socket) => void>> = {
  "closes its side": (socket) => socket.end(answer),
  "closes with the rest unread": (socket) => socket.write(answer, () => socket.destroy()),
  "says nothing of a close, and closes": (socket) =>
    socket.write(answer.replace("connection: close\r\n", ""), () => socket.destroy()),
  "answers in chunks and closes": (socket) =>
    socket.write(`${head}transfer-encoding: chunked\r\n\r\n9\r\ntoo large\r\n0\r\n\r\n`, () => socket.destroy()),
  "answers without a length and closes its side": (socket) => socket.end(`${head}\r\ntoo large`),
};

for (const [what, answerIt] of Object.entries(manners)) {
  for (const [size, length, isDeclared] of [
    ["small", MIB, true],
    ["large", 32 * MIB, true],
    ["chunked", 32 * MIB, false],
  ] as const) {
    test(`one that ${what} (${size}): the client gets that answer`, async () => {
      const server = createServer((socket) => {
        socket.on("error", () => {});
        socket.once("data", () => {
          socket.pause();
          answerIt(socket);
        });
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      closeAfterwards(() => server.close());
      const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const rig = await startRig({ servers: [{ uri }] });
      const headers = isDeclared ? { "content-length": length } : {};
      const req = request(rig.proxy.urlFor(`${uri}/x`) as string, { method: "PUT", headers });
      req.on("error", () => {});
      let isAnswered = false;
      const answered = once(req, "response").finally(() => {
        isAnswered = true;
      });
      for (let sent = 0; sent < length && !isAnswered; sent += MIB) {
        if (!req.write(Buffer.alloc(MIB))) await Promise.race([once(req, "drain"), answered]);
      }
      req.end();
      const [res] = await answered;
      let text = "";
      for await (const chunk of res) text += chunk;
      assert.equal([res.statusCode, text], [413, "too large"]);
      assert.not(rig.logged.some((line) => line.includes("no answer")));
    });
  }
}

test.run();
