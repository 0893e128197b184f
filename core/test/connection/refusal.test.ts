import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { testContext } from "../../src/testing.js";

const test = suite("what an answer without a credential is told as");

const origin = "https://store.example.com";
const table: [statuses: number[], code: string, transient: boolean, said: string][] = [
  [[401], "LOGIN_FAILED", false, "did not accept the login"],
  [[403], "SECRET_DENIED", false, "denied reading the secret team/mlflow"],
  [[404, 410], "SECRET_NOT_FOUND", false, "does not have the secret team/mlflow"],
  [[429], "SECRET_UNREACHABLE", true, "gets too many requests"],
  [[408, 425, 500, 502, 503, 504], "SECRET_UNREACHABLE", true, "fails"],
  [[200, 204], "SECRET_FORMAT", false, "gave an answer without the secret team/mlflow"],
  [[301, 307, 308], "SECRET_UNREACHABLE", false, "redirects, which is not followed"],
  [[400, 405, 418, 422], "SECRET_UNREACHABLE", false, "gave an unknown answer"],
];
for (const [statuses, code, transient, said] of table) {
  for (const status of statuses) {
    test(`${status} is ${code}${transient ? ", and may pass" : ""}`, () => {
      const { refuse } = testContext({ instance: "acme" });
      const error = refuse({ status, origin }, { what: "the secret team/mlflow" });
      assert.equal([error.code, error.transient, error.plugin], [code, transient, "acme"]);
      assert.is(error.message, `${origin} ${said} (status ${status})`);
      assert.ok(error.remedy);
      const own = refuse({ status, origin }, { remedies: { [code]: "ask acme" } });
      assert.is(own.remedy, "ask acme");
    });
  }
}

test.run();
