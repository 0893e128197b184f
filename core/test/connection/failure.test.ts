import { inspect } from "node:util";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import {
  type ConnectionFailureKind,
  connectionFailureOf,
  explainConnectionFailure,
} from "../../src/connection/failure.js";
import { MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";

const test = suite("why a connection did not come about");

const table: readonly (readonly [code: string, kind: ConnectionFailureKind | undefined, isTls: boolean])[] = [
  ["ECONNREFUSED", "refused", false],
  ["ENOTFOUND", "unknown-host", false],
  ["EAI_AGAIN", "unknown-host", false],
  ["EHOSTUNREACH", "no-route", false],
  ["ENETUNREACH", "no-route", false],
  ["ETIMEDOUT", "timeout", false],
  ["UND_ERR_CONNECT_TIMEOUT", "timeout", false],
  ["UND_ERR_SOCKET", "hung-up", false],
  ["ECONNRESET", "hung-up", false],
  ["EPIPE", "hung-up", false],
  ["HPE_INVALID_CONSTANT", "not-http", false],
  ["CERT_HAS_EXPIRED", "expired", true],
  ["CERT_NOT_YET_VALID", "not-yet-valid", true],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "other-name", true],
  ["HOSTNAME_MISMATCH", "other-name", true],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed", true],
  ["SELF_SIGNED_CERT_IN_CHAIN", "untrusted", true],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "untrusted", true],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "untrusted", true],
  ["CERT_UNTRUSTED", "untrusted", true],
  ["INVALID_PURPOSE", "other-purpose", true],
  ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "client-certificate", true],
  ["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", "client-certificate", true],
  ["ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", "client-certificate", true],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "no-tls", true],
  ["ERR_SSL_PACKET_LENGTH_TOO_LONG", "no-tls", true],
  ["ERR_SSL_NO_PROTOCOLS_AVAILABLE", "tls", true],
  ["CERT_REVOKED", "tls", true],
  ["EPROTO", "tls", true],
  ["UND_ERR_HEADERS_TIMEOUT", undefined, false],
];

for (const [code, kind, isTls] of table) {
  test(`${code} means ${kind ?? "nothing more than itself"}`, () => {
    const failure = connectionFailureOf(Object.assign(new Error("GET /secret"), { code }));
    assert.equal([failure.code, failure.kind, failure.isTls], [code, kind, isTls]);
    assert.match(failure.what, code);
  });

  test(`${code} with a listed server ${isTls ? "is explained" : "stays as it is, for programs know it"}`, () => {
    const error = Object.assign(new Error("GET /secret"), { code });
    const explained = explainConnectionFailure(error, "https://mlflow.test") as MlflowAuthError;
    if (!isTls) {
      assert.is(explained, error);
      return;
    }
    assert.equal([explained.code, explained.server], ["SERVER_TLS", "https://mlflow.test"]);
    assert.match(explained.message, `(${code})`);
    assert.ok(explained.remedy);
    assert.not.match(inspect(explained, { depth: 9 }), "/secret");
  });
}

test("the code may be the cause's, and else the name tells", () => {
  const cause = Object.assign(new Error("x"), { code: "ECONNREFUSED" });
  assert.is(connectionFailureOf(new TypeError("fetch failed", { cause })).kind, "refused");
  assert.is(connectionFailureOf(Object.assign(new Error("x"), { name: "HTTPParserError" })).kind, "not-http");
});

test("what has neither a code nor a name fit to be shown is an unknown reason", () => {
  for (const thrown of [undefined, null, "text", {}, { code: "not a code" }, { code: 42, name: {} }]) {
    assert.equal(connectionFailureOf(thrown), { code: "unknown reason", what: "unknown reason", isTls: false });
  }
});

test("an error of our own is not explained twice", () => {
  const own = new MlflowAuthError("TLS_FILE", "no such file");
  assert.is(explainConnectionFailure(own, "https://mlflow.test"), own);
});

test("an answer that is no HTTP says which rule it breaks, in the parser's words and in no others", () => {
  const parser = (text: string) => Object.assign(new Error(text), { name: "HTTPParserError" });
  const protocol = "Response does not match the HTTP/1.1 protocol";
  assert.is(
    connectionFailureOf(parser(`${protocol} (Invalid header token)`)).what,
    "its answer breaks a rule of HTTP: Invalid header token (HTTPParserError)",
  );
  const none = parser(`${protocol} (Expected HTTP/, RTSP/ or ICE/)`);
  const whole = "what answers there does not speak HTTP: Expected HTTP/, RTSP/ or ICE/ (HTTPParserError)";
  assert.is(connectionFailureOf(none).what, whole);
  assert.is(
    connectionFailureOf(new TypeError("fetch failed", { cause: none }))
      .what.split(": ")[1]
      ?.slice(0, 13),
    "Expected HTTP",
  );
  const node = Object.assign(new Error("Parse Error: Missing expected CR"), { code: "HPE_CR_EXPECTED" });
  assert.match(connectionFailureOf(node).what, "a rule of HTTP: Missing expected CR (HPE_CR_EXPECTED)");
  assert.not.match(connectionFailureOf(parser(`${protocol} (<b>sesame</b>)`)).what, "sesame");
  assert.not.match(connectionFailureOf(new Error("(sesame)")).what, "sesame");
});

test.run();
