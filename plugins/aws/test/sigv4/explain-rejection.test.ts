/** What AWS's words about a refused signature are told as. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { explainRejection } from "../../src/sigv4/explain-rejection.js";

const test = suite("what AWS says of a signature");
const signed = { instance: "mine", service: "execute-api", region: "us-east-1" };

for (const [text, what, remedy] of [
  [
    "Credential should be scoped to a valid region, not 'us-east-1'.",
    /another region \(us-east-1\)/,
    /set region of plugins\.mine/,
  ],
  [
    "Credential should be scoped to correct service: 'lambda'.",
    /another service \(execute-api\)/,
    /set service of plugins\.mine/,
  ],
  ["Signature expired: 20261127T100000Z is now earlier than 20261127T101000Z", /date of the signature/, /NTP/],
  ['{"__type":"RequestTimeTooSkewed"}', /date of the signature/, /NTP/],
  [
    "The security token included in the request is expired",
    /session of its keys has ended/,
    /log in anew where plugins\.mine/,
  ],
  ["The security token included in the request is invalid.", /does not know its keys/, /AWS_SESSION_TOKEN goes with/],
  [
    "The request signature we calculated does not match the signature you provided.",
    /not the one that AWS computes/,
    /SECRET/,
  ],
  [
    "User: arn:x is not authorized to perform: execute-api:Invoke",
    /lacks a permission/,
    /allowed to the identity of plugins\.mine/,
  ],
] as const) {
  test(text.slice(0, 70), () => {
    const said = explainRejection(JSON.stringify({ message: text, quoted: "of-no-concern" }), signed);
    assert.match(said?.what as string, what);
    assert.match(said?.remedy as string, remedy);
    assert.not.match(JSON.stringify(said), /of-no-concern|arn:x/);
  });
}

test("what may be anything is told as nothing", () => {
  for (const text of ['{"message":"Forbidden"}', '{"message":"Missing Authentication Token"}', "<html>", ""])
    assert.is(explainRejection(text, signed), undefined);
});

test("a region that the login gave is not made up", () => {
  const said = explainRejection("scoped to a valid region", { ...signed, region: undefined });
  assert.is(said?.what, "it signs for another region than the server's");
});

test.run();
