import { createHash, createHmac } from "node:crypto";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { isMlflowAuthError, loadMlflowAuth } from "../../src/index.js";
import { echoServer, type Received } from "../connection/echo-server.js";
import { installAuthPlugin, signerModule } from "./install-plugin.js";
import { project } from "./project.js";

const test = suite("the library and plugins that sign");

const isSigned = ({ method, url, headers, body }: Received, key: string) => {
  const hash = createHash("sha256").update(body).digest("hex");
  const text = [method, url, headers.host, headers["content-length"] ?? "", hash].join("\n");
  return headers["x-signature"] === createHmac("sha256", key).update(text).digest("hex");
};

async function failure(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
  } catch (thrown) {
    return isMlflowAuthError(thrown) ? `${thrown.code}: ${thrown.message}. Try this: ${thrown.remedy}` : String(thrown);
  }
  return "no failure";
}

test("fetch signs; headers(url) and authProvider() say that they can't, and the file can't list a signer under headers", async () => {
  const own = project({ key: "the key" });
  installAuthPlugin(own, "signer", signerModule);
  const server = await echoServer();
  const plugins = { signer: { file: `${own.folder}/key` } };
  const listed = { version: 1, trackingUri: server.origin, plugins };
  const auth = await loadMlflowAuth({ config: listed, cwd: own.folder, env: {} });
  await (await auth.fetch(`${server.origin}/x?y=1`, { method: "POST", body: "sent" })).text();
  assert.ok(isSigned(server.received[0] as Received, "the key"));
  const says =
    /^SIGNATURE_NEEDED: plugin signer signs each request to http:.* as a whole.*Try this: send the request with the library's `fetch`/;
  assert.match(await failure(() => auth.headers(`${server.origin}/x`)), says);
  assert.match(await failure(auth.authProvider().getHeadersProvider()), says);
  await auth.close();

  const second = { uri: server.origin, auth: [], headers: ["signer"] };
  const config = { version: 1, servers: [second], plugins };
  const refused = await failure(() => loadMlflowAuth({ config, cwd: own.folder, env: {} }));
  assert.match(
    refused,
    /^PLUGIN_INTERFACE: plugin signer does more than give headers \(`signRequest`\), and stands in `headers` of .*list signer under `auth`/,
  );
  await server.close();
  own.remove();
});

test.run();
