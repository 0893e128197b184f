import { createAuthority } from "@mlflow-auth/test/servers/certificates";
import { startConnectProxy } from "@mlflow-auth/test/servers/connect-proxy";
import { startTlsFront } from "@mlflow-auth/test/servers/tls-front";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createAgent } from "../../src/connection/agent.js";
import { echoServer } from "./echo-server.js";

const test = suite("an agent for one destination");

test("HTTP/2 is not offered, neither directly nor through a proxy", async () => {
  const authority = await createAuthority();
  const server = await echoServer();
  closeAfterwards(() => server.close());
  const HOST = "mlflow.example.test";
  const near = await startTlsFront({ upstream: server.origin, certificate: await authority.issue() });
  const far = await startTlsFront({ upstream: server.origin, certificate: await authority.issue({ host: HOST }) });
  closeAfterwards(() => near.stop());
  closeAfterwards(() => far.stop());
  const routes = { [`${HOST}:443`]: Number(new URL(far.address).port) };
  const proxy = await startConnectProxy({ routes });
  closeAfterwards(() => proxy.stop());
  const env = { HTTPS_PROXY: `http://${proxy.host}` };
  for (const destination of [near.address, `https://${HOST}`]) {
    const agent = createAgent({ destination, tls: { ca: authority.cert }, env });
    const { statusCode, body } = await agent.request({ origin: destination, path: "/x", method: "GET" });
    assert.is(statusCode, 200);
    await body.dump();
    await agent.close();
  }
  assert.equal([near.offered, far.offered, proxy.targets], [[["http/1.1"]], [["http/1.1"]], [`${HOST}:443`]]);
});

test.run();
