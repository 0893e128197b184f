import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { badRequest } from "../../src/http/refusal.js";
import { ResponseWriter, refuse } from "../../src/http/response-writer.js";
import { head, raw } from "../rig.js";

const test = suite("answers that can't be written");

/** What a client gets from a server that answers its one request so. */
async function answered(answer: (req: IncomingMessage, res: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await raw((server.address() as AddressInfo).port, head("GET /", ["host: x"]));
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test("the client's connection ends, and so does the request to the upstream", async () => {
  let aborted: unknown;
  const answer = await answered((req, res) => {
    const writer = new ResponseWriter({
      req,
      res,
      upload: undefined,
      rewriting: { sent: (_key, value) => value, returned: (_name, value) => value },
      closing: () => {
        throw new Error("can't be written");
      },
      answered: () => assert.unreachable(),
      failed: () => assert.unreachable(),
    });
    const controller = { abort: (reason: Error) => (aborted = reason) } as never;
    writer.onRequestStart(controller);
    writer.onResponseStart(controller, 200, {});
    writer.onResponseData(controller, Buffer.from("x"));
    writer.onResponseEnd();
  });
  assert.is(answer, "");
  assert.match(String(aborted), /can't be written/);
});

test("a refusal has a phrase of its own, whatever was there before", async () => {
  const answer = await answered((req, res) => {
    res.statusMessage = "€";
    refuse(req, res, badRequest("no"));
  });
  assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/);
  assert.match(answer, /"message":"mlflow-auth proxy: no"/);
});

test.run();
