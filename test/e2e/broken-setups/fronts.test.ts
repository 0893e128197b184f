import { closeAfterwards } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { startMlflow } from "../../servers/mlflow.ts";
import { admit } from "./patient.ts";
import { brokenAnswers } from "./setups/front-answers.ts";
import { unwantedCredentials } from "./setups/wanted-credentials.ts";
import { suiteOf } from "./table.ts";

const { test, scene } = await suiteOf(
  "broken at the server, or at a proxy in front of it",
  unwantedCredentials,
  brokenAnswers,
);

test("a server that asks for nothing is not said to have accepted anything", async () => {
  const mlflow = await startMlflow();
  closeAfterwards(() => mlflow.stop());
  const { edit, doctor } = admit(scene());
  edit(scene().front.uri, mlflow.uri);
  const { code, stdout } = await doctor();
  assert.is(code, 0);
  assert.match(
    stdout,
    /request {9}MLflow answers without a credential, too: whether that of vault is the right one can't be told/,
  );
  assert.not.match(stdout, "is accepted");
});

test("a slash too many behind the address breaks nothing, in the file or in a URL", async () => {
  const { edit, doctor } = admit(scene());
  const { uri } = scene().front;
  edit(uri, `${uri}/`);
  for (const args of [[], [`${uri}//api/2.0/mlflow/runs/get`]]) {
    const { code, stdout } = await doctor(...args);
    assert.is(code, 0, stdout);
    assert.match(stdout, "the credential of vault is accepted");
  }
});

test.run();
