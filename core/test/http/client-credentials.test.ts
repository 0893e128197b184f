import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { withoutQueryCredentials } from "../../src/http/client-credentials.js";

const test = suite("credentials in a query");

for (const key of [
  "api_key",
  "API_KEY",
  "api-key",
  "Api-Key",
  "api%5Fkey",
  "%61pi_key",
  "api_%6Bey",
  "api%2dkey",
  "+api_key",
  "api_key+",
  "%20api_key",
]) {
  test(`${key} is taken off, alone and among others`, () => {
    for (const [path, rest] of [
      [`/x?${key}=k`, "/x"],
      [`/x?${key}`, "/x"],
      [`https://a.test/x?a=1&${key}=k&b=%7E+~#f`, "https://a.test/x?a=1&b=%7E+~#f"],
      [`/x?${key}=1&${key}=2#f`, "/x#f"],
    ] as const) {
      assert.is(withoutQueryCredentials(path), rest, path);
    }
  });
}

for (const path of [
  "/x",
  "/x?",
  "/api_key/x?a=1",
  "/x?keys=1&monkey=2",
  "/x?api_keys=1&my_api_key=2&apikey=3",
  "/x?a=api_key",
  "/x?%zz=1&key=%",
]) {
  test(`${path} stays as it is`, () => assert.is(withoutQueryCredentials(path), path));
}

test.run();
