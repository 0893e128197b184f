import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { isPermissionDenial, type RejectionKind, rejectionKindOf } from "../../src/mlflow/rejection.js";

const test = suite("rejections");
const api = "https://mlflow.test/base/api/2.0/mlflow/runs/get?run_id=1";
const html = { "content-type": "text/html; charset=utf-8" };
const json = { "content-type": "application/json" };

test("an answer is suspicious by its status, or as HTML or a redirect where the API answers JSON", () => {
  const cases: [RejectionKind | undefined, string, number, Record<string, string>][] = [
    ["unauthorized", api, 401, json],
    ["unauthorized", "https://mlflow.test/", 401, html],
    ["forbidden", api, 403, json],
    ["login-page", api, 200, html],
    ["login-page", "https://mlflow.test/ajax-api/3.0/mlflow/experiments/search", 200, html],
    ["login-page", api, 302, { location: "https://idp.test/login" }],
    ["login-page", api, 307, { location: "/oauth2/sign_in?rd=%2Fapi%2F2.0%2Fmlflow%2Fruns%2Fget" }],
    [undefined, api, 308, { location: "/base/ajax-api/2.0/mlflow/runs/get" }],
    [undefined, api, 200, json],
    [undefined, api, 200, { "content-type": "text/plain" }],
    [undefined, api, 200, { "content-type": "text/htmlx" }],
    ["login-page", api, 200, { "content-type": "Text/HTML" }],
    [undefined, api, 304, {}],
    [undefined, api, 404, html],
    [undefined, api, 500, html],
    [undefined, "https://mlflow.test/", 200, html],
    [undefined, "https://mlflow.test/?next=/api/2.0/mlflow/runs/get", 200, html],
    [undefined, "https://mlflow.test/api/2.0/mlflow-artifacts/artifacts/1/report.html", 200, html],
    [undefined, "https://mlflow.test/get-artifact?path=report.html", 200, html],
    [undefined, "https://mlflow.test/ajax-api/2.0/mlflow/logged-models/m/artifacts/files?x=1", 200, html],
  ];
  for (const [expected, url, status, headers] of cases) {
    assert.is(rejectionKindOf({ url, method: "GET" }, status, headers), expected, `${status} ${url}`);
  }
});

test("a permission denial is told from a rejected credential by its body", () => {
  const denials = [
    '{"error_code":"PERMISSION_DENIED","message":"no"}',
    ' {"error_code": "RESOURCE_DOES_NOT_EXIST"}',
    "Permission denied",
    "Permission denied\n",
  ];
  for (const body of denials) assert.is(isPermissionDenial(body), true, body);
  for (const body of [
    "",
    "<html>403 Forbidden</html>",
    '{"message":"Forbidden"}',
    "{",
    "null",
    '{"error_code":5}',
    '{"detail":"Admin access required for the model registry","error":"REGISTRY_ADMIN_REQUIRED"}',
    "[]",
  ]) {
    assert.is(isPermissionDenial(body), false, body);
  }
});

test.run();
