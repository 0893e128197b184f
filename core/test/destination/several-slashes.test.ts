import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { compileDestinations } from "../../src/destination/destinations.js";
import { severalSlashes } from "../../src/destination/several-slashes.js";

const test = suite("several slashes before MLflow's API");

const slashesOf = (...uris: string[]) => severalSlashes(compileDestinations(uris.map((uri) => ({ uri }))));

test("nothing but such a path, behind the base of some server, is asked about", () => {
  const { found } = slashesOf("https://a.test/base", "https://b.test/a+b.c(d)", "https://*.c.test");
  for (const path of [
    "/base//api/2.0/x",
    "/a+b.c(d)///ajax-api/3.0/x",
    "//api/2.0/x",
    "//v1/traces",
    "//v1/traces?x",
  ]) {
    assert.ok(found.test(path), path);
  }
  for (const path of ["/base/api/2.0/x", "/base/x//api/2.0/x", "/a+bxc(d)//api/2.0/x", "//api/x", "//v1/traces/x"]) {
    assert.not.ok(found.test(path), path);
  }
});

test("a path stays as it is where one slash would make it another server's, and that of no server always", () => {
  const { merged } = slashesOf("https://a.test", "https://a.test/api/2.0", "https://b.test/base");
  assert.is(merged("https://a.test", "//api/2.0/mlflow/runs/get"), "//api/2.0/mlflow/runs/get");
  assert.is(merged("https://a.test", "//api/3.0/mlflow/traces"), "/api/3.0/mlflow/traces");
  assert.is(merged("https://b.test", "/base//api/2.0/x"), "/base/api/2.0/x");
  assert.is(merged("https://b.test", "//api/2.0/x"), "//api/2.0/x");
  assert.is(merged("https://c.test", "//api/2.0/x"), "//api/2.0/x");
});

test("what one slash makes of a path is judged anew, whoever judges", () => {
  const [outer, inner] = [{ uri: "https://a.test" }, { uri: "https://a.test/api/2.0" }];
  const matchPath = (_: string, path: string) => (path.startsWith("/api/2.0/") ? inner : outer);
  const { merged } = severalSlashes({ servers: [inner, outer], matchPath });
  assert.is(merged("https://a.test", "//api/2.0/mlflow/runs/get"), "//api/2.0/mlflow/runs/get");
  assert.is(merged("https://a.test", "//api/3.0/mlflow/traces"), "/api/3.0/mlflow/traces");
});

test("below a wildcard, and at an origin that is written in another way", () => {
  const { merged } = slashesOf("https://*.c.test/base");
  assert.is(merged("https://one.c.test", "/base//v1/traces"), "/base/v1/traces");
  assert.is(merged("HTTPS://ONE.c.test:443", "/base//v1/traces"), "/base/v1/traces");
});

test.run();
