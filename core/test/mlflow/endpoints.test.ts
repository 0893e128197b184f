import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createsRun, isJsonApi, runCreationBase } from "../../src/mlflow/endpoints.js";

const test = suite("MLflow's endpoints");

/** Paths that create a run, with the base path below which they do. */
const creations: Readonly<Record<string, string>> = {
  "/api/2.0/mlflow/runs/create": "",
  "/ajax-api/2.0/mlflow/runs/create": "",
  "/api/3.0/mlflow/runs/create?x=1": "",
  "/base/path/api/2.0/mlflow/runs/create": "/base/path",
  "//api/2.0/mlflow//runs/create": "",
  "/api/2.0/mlflow/runs/%63reate": "",
  "/api/2.0/mlflow/runs\\create": "",
  "/api/2.0/mlflow/runs/cre\tate": "",
  "/base/x:/../api/2.0/mlflow/runs/x/../create": "/base",
  "/api/2%2E0/mlflow%2fruns/create": "",
  "/b%61se/api/2.0/mlflow/runs/create": "/base",
  "/base/api/2.0/mlflow/runs/create#x": "/base",
  "/api/2.0/./mlflow/x/../runs/create": "",
  "/%zz/api/2.0/mlflow/runs/%63reate": "/%zz",
};

const others = [
  "/api/2.0/mlflow/runs/create/",
  "/api/2.0/mlflow/runs/created",
  "/api/2.0/mlflow/runs/%2563reate",
  "/api/2.0/mlflow/runs/get?x=/api/2.0/mlflow/runs/create",
  "/api/2.0/mlflow-artifacts/artifacts/0/a/api/2.0/mlflow/runs/create",
  "/base//mlflow-artifacts/artifacts/api/2.0/mlflow/runs/create",
  "/mlflow/runs/create",
  "/",
];

for (const [path, base] of Object.entries(creations)) {
  test(`POST ${path} creates a run, whether the URL or its path alone is given`, () => {
    for (const url of [path, `https://mlflow.test:8443${path}`]) {
      assert.is(runCreationBase({ method: "POST", url }), base);
      assert.is(createsRun({ method: "POST", url }), true);
      assert.is(createsRun({ method: "GET", url }), false);
    }
  });
}
for (const path of others) {
  test(`POST ${path} creates none`, () => assert.is(createsRun({ method: "POST", url: path }), false));
}

test("the JSON API is told from the UI and from what may serve files of users", () => {
  for (const path of ["/api/2.0/mlflow/runs/get", "/base/ajax-api/3.0/mlflow/x?y=artifact"]) assert.ok(isJsonApi(path));
  for (const path of ["/", "/#/api/2.0/mlflow/", "/api/2.0/mlflow-artifacts/artifacts/x.html", "/get-artifact"]) {
    assert.not.ok(isJsonApi(path), path);
  }
});

test.run();
