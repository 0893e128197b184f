/** Which 403s of AWS mean that the signature was right. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { isAccessDenial } from "../../src/sigv4/denials.js";

const test = suite("403s of AWS");

const user = "User: arn:aws:sts::111122223333:assumed-role/trainer/job";
const denials = [
  `{"Message":"${user} is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:eu-central-1:********2233:a1/p/GET/x"}`,
  `{"message":"${user} is not authorized to access this resource with an explicit deny"}`,
  `{"__type":"AccessDeniedException","Message":"${user} is not authorized to perform: sagemaker-mlflow:SearchRuns"}`,
  '{"message":"Missing Authentication Token"}',
  "<AccessDeniedException><Message>no</Message></AccessDeniedException>",
];
for (const body of denials) test(`a permission: ${body.slice(0, 60)}`, () => assert.is(isAccessDenial(body), true));

const rejections = [
  '{"message":"The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key"}',
  '{"message":"Signature expired: 20261127T100000Z is now earlier than 20261127T101000Z (20261127T101500Z - 5 min.)"}',
  '{"message":"The security token included in the request is expired"}',
  '{"message":"The security token included in the request is invalid."}',
  '{"message":"Credential should be scoped to a valid region, not \'us-east-1\'."}',
  '{"__type":"InvalidSignatureException","message":"AccessDenied"}',
  '{"__type":"RequestTimeTooSkewed"}',
  '{"__type":"ExpiredTokenException"}',
  // HTTP APIs say it of either.
  '{"message":"Forbidden"}',
  "<html>403 Forbidden</html>",
  "",
];
for (const body of rejections)
  test(`it may be the signature: ${body.slice(0, 60)}`, () => assert.is(isAccessDenial(body), false));

test.run();
