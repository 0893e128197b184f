/** Requests of every kind before a judge that computes their AWS signatures from what came over the wire: the library. */
import { loadMlflowAuth } from "@mlflow-auth/core";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import { Agent, request } from "undici";
import * as assert from "uvu/assert";
import type { JudgeSettings } from "../servers/sigv4-judge.ts";
import { missing } from "../servers/tools.ts";
import { ALL_WELL, checkAllKinds, openSignedScene, refusedOf } from "./fixture/signed-scene.ts";

const test = suite("signed requests on the wire", { missing: await missing("moto"), timeout: 120 });

const REGISTER = ["node", "--import", "@mlflow-auth/core/register", "signed-requests.mjs"];

test("register: every request of a program is signed as AWS computes it, and nothing of the client's own is left", async () => {
  await checkAllKinds(await openSignedScene(), REGISTER);
});

test("the interceptor of undici signs paths and queries as they are written, whatever is in them", async () => {
  const { judge, config, env, project } = await openSignedScene();
  const auth = await loadMlflowAuth({ config: config as never, cwd: project.folder, env });
  closeAfterwards(auth.close);
  const dispatcher = new Agent().compose(auth.interceptor);
  closeAfterwards(() => dispatcher.close());
  const paths = [
    "/stage//a///b",
    "/stage/a%2Fb%2fc",
    "/stage/x'(y)*!~{z}|",
    "/stage/p?q='a'&r={b}|c&s=a+b",
    "/stage/p?=v&=&x==y",
  ];
  for (const path of paths) {
    const { statusCode, body } = await request(judge.uri, { dispatcher, path, method: "GET" } as never);
    await body.dump();
    assert.is(statusCode, 200, path);
  }
  assert.equal(refusedOf(await judge.requests()), []);
});

const ARN = "arn:aws:sagemaker:eu-central-1:111122223333:mlflow-tracking-server/team";
const APP = "arn:aws-us-gov:sagemaker:us-gov-west-1:111122223333:mlflow-app/app-1";
const sageMaker: [what: string, arn: string, settings: JudgeSettings][] = [
  ["a tracking server", ARN, { service: "sagemaker-mlflow", required: { "x-mlflow-sm-tracking-server-arn": ARN } }],
  ["an app", APP, { service: "sagemaker", region: "us-gov-west-1", required: { "x-sm-mlflow-app-arn": APP } }],
];
for (const [what, arn, settings] of sageMaker) {
  test(`SageMaker: the ARN of ${what} says what is signed for, and goes along signed`, async () => {
    const { judge, project } = await openSignedScene({ arn }, settings);
    const { stdout, stderr } = await project.run(REGISTER);
    assert.equal(refusedOf(await judge.requests()), [], stderr);
    assert.is(stdout, ALL_WELL);
  });
}

test.run();
