import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { anonymous } from "../../src/provider/provider.js";
import { Secret } from "../../src/secret/secret.js";
import { canary, fakeClock, revealedBy } from "../../src/testing.js";
import { authorizerOver, boundAuth, boundHeaders } from "./authorizer-fixture.js";

const test = suite("trace");
const uri = "https://mlflow.test";

test("at debug each decision names server, plugin, headers and reason, and never a value, a path or a query", async () => {
  const secret = canary();
  const auth = { headers: { Authorization: new Secret(`Bearer ${secret}`) } };
  const { authorizer, log } = authorizerOver(
    [
      {
        uri,
        auth: [boundAuth("vault", () => auth)],
        headers: [boundHeaders("datadog", () => ({ "DD-API-KEY": new Secret(secret) }))],
      },
      { uri: "https://bare.test", auth: [boundAuth("free", () => anonymous)], anonymous: true },
      { uri: "https://own.test" },
      { uri: "https://down.test", auth: [boundAuth("broken", () => Promise.reject(new Error(secret)))] },
    ],
    fakeClock(),
    { debug: true },
  );
  for (const host of ["mlflow", "bare", "own", "down", "elsewhere"]) {
    await Promise.resolve(
      authorizer.authorize({ url: `https://${host}.test/${secret}?k=${secret}`, method: "GET" }),
    ).catch(() => undefined);
  }
  assert.equal(
    log.map(({ message }) => message),
    [
      "GET to https://mlflow.test: Authorization from vault, DD-API-KEY from datadog",
      "GET to https://bare.test: no headers",
      "GET to https://own.test: no headers",
      "GET to https://down.test: not sent, there is no credential",
      "GET to https://elsewhere.test: passed untouched, it belongs to no server of the file",
    ],
  );
  assert.equal(log[0]?.fields, {
    server: uri,
    plugin: "vault",
    headers: ["Authorization", "DD-API-KEY"],
    reason: "listed",
  });
  assert.equal(
    log.map(({ fields }) => fields.reason ?? fields.code),
    [
      "listed",
      "goes without a credential on purpose",
      "the client's own credentials pass: auth is []",
      "PLUGIN_FAILED",
      "unlisted",
    ],
  );
  assert.is(revealedBy(JSON.stringify(log), secret), undefined);
});

test.run();
