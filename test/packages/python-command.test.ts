/** `pip install mlflow-auth[vault]` in an empty virtual environment, and then what anybody does with it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { findPython } from "../servers/installation/python.ts";
import { missing } from "../servers/tools.ts";
import { distributions } from "./python/distributions.ts";
import { emptyProject, runIn, virtualEnvironment } from "./python/environment.ts";
import { startStage } from "./stage.ts";

const test = suite("mlflow-auth from pip", { missing: await missing("python") });
let environment: string;

test.before(async () => {
  const python = (await findPython())?.path as string;
  environment = await virtualEnvironment(python, await distributions(), ["mlflow-auth[vault]"]);
});

/** Asks for experiments at the address that it is given. */
const SEARCH = `
import os, urllib.request
address = os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/experiments/search?max_results=1"
print(urllib.request.urlopen(address).status, os.environ.get("_MLFLOW_AUTH_PYTHON"))
`;

test("the plugin is found, and a program under exec gets the credential", async () => {
  const stage = await startStage();
  closeAfterwards(() => stage.stop());
  const cwd = emptyProject();
  writeFileSync(join(cwd, "mlflow-auth.yaml"), stage.config);
  const place = { cwd, env: stage.env };

  const listed = await runIn(environment, place, "mlflow-auth", "plugins", "--json");
  assert.is(listed.code, 0, listed.stderr);
  assert.ok(listed.stdout.includes("@mlflow-auth/plugin-vault"), listed.stdout);

  const ran = await runIn(environment, place, "mlflow-auth", "exec", "--", "python", "-c", SEARCH);
  assert.is(ran.stdout, "200 None\n", ran.stderr);
  assert.is(ran.code, 0);
});

test("launch() says how to start it, for programs that are Python", async () => {
  const ask = "import json, mlflow_auth.command; print(json.dumps(mlflow_auth.command.launch()))";
  const { stdout, stderr } = await runIn(environment, { cwd: emptyProject() }, "python", "-c", ask);
  assert.is(stderr, "");
  const { argv, plugins, prefix, version } = JSON.parse(stdout);
  assert.is(prefix, environment);
  assert.is(plugins.length, 1);
  assert.ok(plugins[0].startsWith(`${environment}/`) && plugins[0].endsWith("/mlflow_auth_vault"), plugins[0]);
  const { stdout: printed } = await runIn(environment, { cwd: emptyProject() }, ...argv, "--version");
  assert.is(printed.trim(), version);
});

test.run();
