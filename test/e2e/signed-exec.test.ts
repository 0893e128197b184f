/** Requests of every kind before a judge that computes their AWS signatures from what came over the wire: exec and the proxy. */
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { missing } from "../servers/tools.ts";
import { startSidecar } from "./fixture/sidecar.ts";
import { ALL_WELL, checkAllKinds, openSignedScene, refusedOf } from "./fixture/signed-scene.ts";

const test = suite("signed requests of the command", { missing: await missing("moto"), timeout: 120 });

const EXEC = ["mlflow-auth", "exec", "--", "node", "signed-requests.mjs"];

test("exec: every request of a program is signed as AWS computes it, and nothing of the client's own is left", async () => {
  await checkAllKinds(await openSignedScene(), EXEC);
});

test("without a file MLFLOW_TRACKING_AWS_SIGV4 switches it on, and a profile alone does not", async () => {
  const scene = await openSignedScene();
  const { project } = scene;
  rmSync(join(project.folder, "mlflow-auth.yaml"));
  const region = { AWS_DEFAULT_REGION: "eu-central-1" };
  const init = ["mlflow-auth", "init", "--from-env", "--yes", "--config", "new.yaml"];
  const alone = await project.run(init, { env: { ...region, AWS_PROFILE: "team", AWS_CA_BUNDLE: "/none" } });
  assert.is(alone.code, 2, "nobody has asked for signatures");
  const env = { ...region, MLFLOW_TRACKING_AWS_SIGV4: "true" };
  const { code, stdout, stderr } = await project.run(EXEC, { env });
  assert.equal([code, stdout], [0, ALL_WELL], stderr);
  assert.match(stderr, /using the environment \(MLFLOW_TRACKING_AWS_SIGV4, MLFLOW_TRACKING_URI\)/);
  assert.equal(refusedOf(await scene.judge.requests()), []);
  const arn = "arn:aws:sagemaker:eu-central-1:111122223333:mlflow-tracking-server/team";
  const named = await project.run([...EXEC.slice(0, 3), "node", "-e", ""], { env: { MLFLOW_TRACKING_URI: arn } });
  assert.match(named.stderr, /\(MLFLOW_TRACKING_URI\) for https:\/\/eu-central-1\.experiments\.sagemaker\.aws\n/);
  assert.not.match(named.stderr, /names no server/);
  const role = "arn:aws:iam::111122223333:role/mlflow-caller";
  await project.run(init, { env: { ...env, SAGEMAKER_MLFLOW_ASSUME_ROLE_ARN: role } });
  assert.match(
    readFileSync(join(project.folder, "new.yaml"), "utf8"),
    /sigv4:\n(?:.*\n)*? +role:\n(?:.*\n)*? +arn: arn:aws:iam/,
  );
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
