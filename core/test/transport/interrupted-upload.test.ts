/** A credential that is refused while the body is still on its way: it goes out again from its first byte, or not at all. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { suite } from "@mlflow-auth/test/suite";
import { Agent, request } from "undici";
import * as assert from "uvu/assert";
import { Secret } from "../../src/secret/secret.js";
import { createInterceptor } from "../../src/transport/interceptor.js";
import { authorizerOver, boundAuth } from "../pipeline/authorizer-fixture.js";

const test = suite("refused in the middle of an upload");

interface Upload {
  token: string | undefined;
  body: string;
  whole: boolean;
}

/** Refuses every token but the second, before it reads the body. */
async function impatientServer() {
  const uploads: Upload[] = [];
  const refused = Promise.withResolvers<void>();
  const server = createServer((incoming: IncomingMessage, response: ServerResponse) => {
    const upload: Upload = { token: incoming.headers.authorization, body: "", whole: false };
    uploads.push(upload);
    const accepted = upload.token === "Bearer 2";
    if (!accepted) {
      response.writeHead(401).flushHeaders();
      refused.resolve();
    }
    incoming.on("data", (chunk) => (upload.body += chunk));
    incoming.on("error", () => undefined);
    incoming.on("end", () => {
      upload.whole = true;
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return {
    uploads,
    refused: refused.promise,
    close,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
}

/** A store that is rotated to the second token as soon as the first has been handed out. */
function rotatedStore() {
  let token = 0;
  let cached: { headers: { Authorization: Secret } } | undefined;
  const get = async () => (cached ??= { headers: { Authorization: new Secret(`Bearer ${++token}`) } });
  return boundAuth("store", get, () => (cached = undefined));
}

for (const connections of [1, 2]) {
  test(`with ${connections} connection(s) the second attempt has the whole body, and the first never looks whole`, async () => {
    const server = await impatientServer();
    const { authorizer } = authorizerOver([{ uri: server.origin, auth: [rotatedStore()] }]);
    const agent = new Agent({ connections });
    const pieces = Array.from({ length: 20 }, (_, index) => `<${index}>`);
    async function* body() {
      yield pieces[0];
      await server.refused;
      for (const piece of pieces.slice(1)) {
        // What comes in small pieces gives the first attempt every chance to go on.
        await new Promise((resolve) => setTimeout(resolve, 5));
        yield piece;
      }
    }
    const dispatcher = agent.compose(createInterceptor(authorizer));
    const answer = await request(`${server.origin}/x`, { dispatcher, method: "POST", body: body() as never });
    assert.is(answer.statusCode, 200);
    await answer.body.dump();
    const [first, second] = server.uploads as [Upload, Upload];
    assert.equal(second, { token: "Bearer 2", body: pieces.join(""), whole: true });
    assert.equal([first.token, first.whole], ["Bearer 1", false]);
    await agent.close();
    server.close();
  });
}

test.run();
