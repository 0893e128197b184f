/** What requests are signed for, by the options and the host; and what can't be. */
import { isMlflowAuthError } from "@mlflow-auth/core/plugin";
import { testContext } from "@mlflow-auth/core/testing";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createTargets } from "../../src/sigv4/target.js";
import type { GivenOptions } from "./start-signer.ts";

const test = suite("what a signature is valid for");

const arnOf = (kind: string, region = "eu-west-1", partition = "aws") =>
  `arn:${partition}:sagemaker:${region}:111122223333:${kind}/team-1`;
const SERVER = arnOf("mlflow-tracking-server");
const APP = arnOf("mlflow-app");

const targetOf = (options: GivenOptions, url: string, otherwise?: string) =>
  createTargets(options, testContext({ instance: "sigv4" }))(new URL(url), otherwise);

test("a service is API Gateway unless another one is named, and a host of AWS says the region", () => {
  const cases: [options: GivenOptions, url: string, otherwise: string | undefined, service: string, region: string][] =
    [
      [{}, "https://a1.execute-api.eu-central-1.amazonaws.com/p", "us-east-1", "execute-api", "eu-central-1"],
      [{}, "https://a1-vpce-1.execute-api.us-gov-west-1.amazonaws.com", undefined, "execute-api", "us-gov-west-1"],
      [{}, "https://v.execute-api.eu-west-1.vpce.amazonaws.com", undefined, "execute-api", "eu-west-1"],
      [{}, "https://a1.execute-api.cn-north-1.amazonaws.com.cn", undefined, "execute-api", "cn-north-1"],
      [{ service: "lambda" }, "https://x.lambda-url.sa-east-1.on.aws", undefined, "lambda", "sa-east-1"],
      [{}, "https://mlflow.example.com", "us-east-1", "execute-api", "us-east-1"],
      [
        { region: "eu-west-3", service: "vpc-lattice-svcs" },
        "https://ml.example.com",
        "us-east-1",
        "vpc-lattice-svcs",
        "eu-west-3",
      ],
      [{}, "https://a.execute-api.eu-central-1.amazonaws.com.example.com", "us-east-1", "execute-api", "us-east-1"],
    ];
  for (const [options, url, otherwise, service, region] of cases) {
    assert.equal(targetOf(options, url, otherwise), { service, region, headers: {} }, url);
  }
});

test("an ARN of SageMaker says service, region and header, on its own host and on endpoints of one's own", () => {
  const server = {
    service: "sagemaker-mlflow",
    region: "eu-west-1",
    headers: { "x-mlflow-sm-tracking-server-arn": SERVER },
  };
  assert.equal(targetOf({ arn: SERVER }, "https://eu-west-1.experiments.sagemaker.aws/api", "us-east-1"), server);
  assert.equal(targetOf({ arn: SERVER }, "https://mlflow.internal.example.com"), server);
  const app = { service: "sagemaker", region: "eu-west-1", headers: { "x-sm-mlflow-app-arn": APP } };
  assert.equal(targetOf({ arn: APP }, "https://mlflow.sagemaker.eu-west-1.app.aws"), app);
  for (const [partition, region] of [
    ["aws-cn", "cn-north-1"],
    ["aws-us-gov", "us-gov-west-1"],
  ] as const) {
    const arn = arnOf("mlflow-tracking-server", region, partition);
    const { headers } = targetOf({ arn }, "https://mlflow.internal.example.com");
    assert.equal(headers, { "x-mlflow-sm-tracking-server-arn": arn });
    assert.is(targetOf({ arn }, `https://${region}.experiments.sagemaker.aws`).region, region);
  }
});

const faults: [what: string, options: GivenOptions, url: string, code: string, message: RegExp, remedy: RegExp][] = [
  [
    "an ARN of another region than the server's",
    { arn: SERVER },
    "https://us-east-1.experiments.sagemaker.aws",
    "WRONG_VALUE",
    /`arn` is of eu-west-1, and https:\/\/us-east-1\.experiments/,
    /list the server https:\/\/eu-west-1\.experiments\.sagemaker\.aws, or correct arn: arn:aws:/,
  ],
  [
    "an ARN of an app at the host of tracking servers",
    { arn: APP },
    "https://eu-west-1.experiments.sagemaker.aws",
    "WRONG_VALUE",
    /is not where that is/,
    /https:\/\/mlflow\.sagemaker\.eu-west-1\.app\.aws/,
  ],
  [
    "a host of SageMaker without an ARN",
    { region: "eu-west-1" },
    "https://eu-west-1.experiments.sagemaker.aws",
    "WRONG_VALUE",
    /no `arn` says which/,
    /list-mlflow-tracking-servers/,
  ],
  [
    "another region than the host's",
    { region: "us-east-1" },
    "https://a1.execute-api.eu-central-1.amazonaws.com",
    "WRONG_VALUE",
    /`region` is us-east-1, and .* is in eu-central-1/,
    /set region to eu-central-1/,
  ],
  ["no region at all", {}, "https://mlflow.example.com", "SECRET_SOURCE", /in which region/, /AWS_REGION/],
];
for (const [what, options, url, code, message, remedy] of faults) {
  test(`${what} is ${code}, and says what to do`, () => {
    try {
      targetOf(options, url);
    } catch (thrown) {
      assert.ok(isMlflowAuthError(thrown));
      assert.equal([thrown.code, thrown.transient, thrown.plugin], [code, false, "sigv4"]);
      assert.match(thrown.message, message);
      assert.match(thrown.remedy ?? "", remedy);
      return;
    }
    assert.unreachable();
  });
}

test.run();
