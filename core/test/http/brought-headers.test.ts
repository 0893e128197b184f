import { readFile } from "node:fs/promises";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { broughtIn, headerKey } from "../../src/http/client-credentials.js";
import { identityHeaders } from "../../src/http/identity-headers.js";

const test = suite("what a client brings in a header, by its name");

/** The spellings that some server reads as one name. */
const spellings = (name: string) => [
  name,
  name.toLowerCase(),
  name.toUpperCase(),
  name.replaceAll("-", "_"),
  name.toUpperCase().replaceAll("-", "_"),
  name.replace("-", "_"),
  name.replaceAll("-", "."),
];

for (const { by, names } of identityHeaders) {
  test(`identity, of ${by}`, () => {
    for (const listed of names) {
      const examples = listed.endsWith("*") ? [listed.slice(0, -1), `${listed.slice(0, -1)}Any-Thing`] : [listed];
      for (const name of examples.flatMap(spellings)) assert.is(broughtIn(name).brings, "identity", name);
    }
  });
}

test("identity: the names that vendors document", () => {
  const names =
    "X-Remote-User Remote-User REMOTE_USER Remote-Groups Remote-Email X-Forwarded-User X-Forwarded-Email X-Forwarded-Access-Token X-Forwarded-Preferred-Username X-Forwarded-Client-Cert X-Forwarded-For Forwarded X-Auth-Request-User X-Auth-Request-Access-Token Cf-Access-Jwt-Assertion Cf-Access-Authenticated-User-Email X-Goog-IAP-JWT-Assertion X-Goog-Authenticated-User-Email X-Goog-Authenticated-User-ID X-Pomerium-Jwt-Assertion X-Pomerium-Claim-Email X-authentik-username X-amzn-oidc-data X-amzn-oidc-accesstoken X-amzn-oidc-identity X-MS-CLIENT-PRINCIPAL X-MS-CLIENT-PRINCIPAL-NAME X-MS-TOKEN-AAD-ID-TOKEN Tailscale-User-Login kubeflow-userid Impersonate-User Impersonate-Extra-scopes X-WEBAUTH-USER X-Consumer-Username X-Original-URI X-Original-URL X-Rewrite-URL X-HTTP-Method-Override X-Real-IP SCRIPT_NAME Client-Cert X-Preferred-Username X-UserId X-UserEmail X-User-Info X-Path-Info X-Forward-For X-Nickname Teleport-Jwt-Assertion X-Knox-Actor-ID X-Knox-Actor-Groups-1 X-Token-User-Email X-Auth-Given-Name X-Azure-FDID DISGUISED-HOST CloudFront-Viewer-Address X-Envoy-Internal X-Envoy-Peer-Metadata-Id X-Envoy-Original-Dst-Host l5d-client-id X-Appengine-Inbound-Appid WL-Proxy-Client-IP Client-IP";
  for (const name of names.split(" ").flatMap(spellings)) assert.is(broughtIn(name).brings, "identity", name);
});

test("a credential: a word of the name says so", () => {
  const names =
    "X-Auth-Token X-Access-Token Auth-Token Access-Token Token X-Token X-Api-Token Private-Token Job-Token X-Amz-Security-Token X-Vault-Token Proxy-Authorization X-Authorization X-MLflow-Authorization X-Serverless-Authorization Authentication X-Auth X-Auth-Key Api-Key ApiKey X-ApiKey X-Goog-Api-Key X-Access-Key Ocp-Apim-Subscription-Key X-Functions-Key X-JWT X-Id-Token X-Client-Secret X-Password Credentials X-Bearer Cf-Access-Client-Id Cf-Access-Client-Secret Cf-Access-Token Cookie2";
  for (const name of names.split(" ").flatMap(spellings)) assert.is(broughtIn(name).brings, "credential", name);
});

test("a login of MLflow's clients, and cookies", () => {
  for (const name of ["Authorization", "X-API-Key"].flatMap(spellings))
    assert.is(broughtIn(name).brings, "login", name);
  for (const name of spellings("Cookie")) assert.is(broughtIn(name).brings, "cookie", name);
});

test("nothing of the kind: what MLflow's clients, browsers and tracers send", () => {
  const names =
    "Accept Accept-Encoding Content-Type Content-Length User-Agent X-MLFLOW-WORKSPACE X-MLflow-SM-Tracking-Server-ARN X-Databricks-Org-Id traceparent tracestate baggage X-Request-Id X-Correlation-Id X-B3-TraceId X-Datadog-Trace-Id X-Amzn-Trace-Id X-Cloud-Trace-Context X-Requested-With X-CSRF-Token X-CSRFToken X-XSRF-Token Sec-Fetch-Site Origin Referer Range If-None-Match Idempotency-Key Authority X-Author Tokenizer X-Page-Token X-Token-Count X-Amz-Date X-Amz-Content-Sha256 Mcp-Session-Id X-Stainless-Lang Anthropic-Version OpenAI-Organization X-Envoy-Retry-On Remote X-Usernames X-Keyword Patience X-Forward";
  for (const name of names.split(" ")) {
    const { brings } = broughtIn(name);
    assert.is(brings, name === "Remote" ? "identity" : undefined, name);
  }
});

/** What the words in the document stand for, as the vendors write it. */
const keys =
  "X-Access-Key X-Account-Key X-API-Key-2 X-App-Key X-Application-Key X-Client-Key X-Functions-Key X-Private-Key X-Secret-Key Ocp-Apim-Subscription-Key";

test("the document has each of the names of keys, and no other", async () => {
  const document = await readFile(new URL("../../../docs/client-headers.md", import.meta.url), "utf8");
  const [list = ""] = /or a key: [^;]*/.exec(document) ?? [];
  const documented = [...list.matchAll(/`([a-z-]+-key)`/g)].map(([, name]) => name as string);
  for (const name of documented)
    assert.is(broughtIn(`X-${name}`).brings, name === "api-key" ? "login" : "credential", name);
  for (const name of keys.split(" ")) {
    assert.ok(
      documented.some((word) => `-${name.toLowerCase()}-`.includes(`-${word}-`)),
      name,
    );
    assert.is(broughtIn(name).brings, "credential", name);
  }
});

test("a name of any length is judged in no time, and the same way twice", () => {
  const long = `X-Remote-User-${"token-".repeat(3000)}x`;
  assert.is(broughtIn(long).brings, "identity");
  const dashes = `a${"-".repeat(16_000)}`;
  for (const _ of [1, 2]) assert.is(broughtIn(dashes).brings, undefined);
  assert.is(headerKey("X_Remote.User"), "x-remote-user");
});

test.run();
