/** Requests of every kind before a judge that computes their AWS signatures from what came over the wire: exec and the proxy. */
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { missing } from "../servers/tools.ts";
import { startSidecar } from "./fixture/sidecar.ts";
import { checkAllKinds, openSignedScene } from "./fixture/signed-scene.ts";

const test = suite("signed requests of the command", { missing: await missing("moto"), timeout: 120 });

test("exec: every request of a program is signed as AWS computes it, and nothing of the client's own is left", async () => {
  await checkAllKinds(await openSignedScene(), ["mlflow-auth", "exec", "--", "node", "signed-requests.mjs"]);
});

test("the proxy signs what any program sends, without what belongs to one connection", async () => {
  const { judge, project } = await openSignedScene();
  const { url, stop } = await startSidecar(project);
  const { host, pathname } = new URL(url);
  const [hostname, port] = host.split(":");
  const headers = {
    Connection: "keep-alive, X-Hop",
    "X-Hop": "1",
    TE: "trailers",
    Expect: "100-continue",
    "Content-Type": "text/plain",
  };
  const path = `${pathname}/api/2.0/mlflow-artifacts/artifacts/%E2%82%AC+1?x=a+b&x=`;
  const sent = httpRequest({ hostname, port, path, method: "PUT", headers });
  // Without a length: the proxy has to have the whole before it can sign.
  sent.write("one ");
  sent.end("two");
  const [answer] = await once(sent, "response");
  answer.resume();
  await once(answer, "end");
  await stop();
  const [seen] = await judge.requests();
  assert.equal([answer.statusCode, seen?.refused, seen?.length], [200, undefined, 7]);
  assert.match(seen?.target ?? "", /%E2%82%AC\+1\?x=a%20b&x=$/);
});

test.run();
