/** What MLflow's Python client does about failures that pass, of which our warnings tell: the installed ones are asked. */
import { isPassing, pythonRepeats } from "@mlflow-auth/core/internal";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { run } from "../servers/installation/run.ts";
import { missing, mlflow2Python, mlflowPython } from "../servers/tools.ts";

const FACTS = `
import json, sys
from mlflow.environment_variables import (
    MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR, MLFLOW_HTTP_REQUEST_BACKOFF_JITTER, MLFLOW_HTTP_REQUEST_MAX_RETRIES)
from mlflow.utils.request_utils import _TRANSIENT_FAILURE_RESPONSE_CODES, JitteredRetry
retries = MLFLOW_HTTP_REQUEST_MAX_RETRIES.get()
retry = JitteredRetry(total=retries, status_forcelist=_TRANSIENT_FAILURE_RESPONSE_CODES, raise_on_status=False,
    backoff_factor=MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR.get(), backoff_jitter=0, allowed_methods=None)
waits, as_told = [], sorted(retry.RETRY_AFTER_STATUS_CODES)
while retry.total > 0:
    retry = retry.increment("GET", "/", response=type("R", (), {"status": 503, "get_redirect_location": lambda self: False})())
    waits.append(retry.get_backoff_time())
print(json.dumps({"codes": sorted(_TRANSIENT_FAILURE_RESPONSE_CODES), "retries": retries, "waits": waits,
    "jitter": MLFLOW_HTTP_REQUEST_BACKOFF_JITTER.get(), "asTold": as_told}))
`;

const test = suite("what MLflow's client repeats", { missing: await missing("mlflow", "mlflow2") });

for (const [name, python] of [
  ["MLflow 3", mlflowPython],
  ["MLflow 2", mlflow2Python],
] as const) {
  test(`the retries of ${name} are for those statuses, as many, as long and as told as our warnings say`, async () => {
    const env: NodeJS.ProcessEnv = { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true" };
    for (const variable of Object.keys(env)) if (variable.startsWith("MLFLOW_HTTP_")) delete env[variable];
    const facts = JSON.parse(await run(await python(), ["-c", FACTS], { env }));
    const statuses = Array.from({ length: 200 }, (_, index) => 400 + index);
    assert.equal(statuses.filter(isPassing), facts.codes);
    assert.match(pythonRepeats(500), `up to ${facts.retries} times again`);
    assert.equal(facts.waits, [0, 4, 8, 16, 32, 64, 120]);
    assert.match(pythonRepeats(500), `for about ${Math.round(sum(facts.waits) / 60)} minutes`);
    assert.ok(facts.jitter * facts.retries < 30);
    const heeded = facts.codes.filter((code: number) => pythonRepeats(code, "9").includes("Retry-After"));
    assert.equal(
      heeded,
      facts.codes.filter((code: number) => facts.asTold.includes(code)),
    );
  });
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

test.run();
