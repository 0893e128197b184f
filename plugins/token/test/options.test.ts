/** What the file may say of the plugin, as `validate` judges it. */
import { loadConfig } from "@mlflow-auth/core/internal";
import { isMlflowAuthError } from "@mlflow-auth/core/plugin";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createProject } from "../../../test/e2e/fixture/project.ts";
import { createWatch } from "../../../test/e2e/fixture/watch.ts";

const test = suite("the options of the token plugin");

async function problemsOf(token: object): Promise<string[]> {
  const config = JSON.stringify({ version: 1, trackingUri: "https://mlflow.example.com", plugins: { token } });
  const project = createProject({ config, watch: createWatch() });
  closeAfterwards(project.remove);
  try {
    await loadConfig({ cwd: project.folder, env: { MY_PASSWORD: "made-up" } });
    return [];
  } catch (error) {
    if (!isMlflowAuthError(error)) throw error;
    return error.problems.map(({ code, message }) => `${code} ${message}`);
  }
}

const command = ["gcloud", "auth", "print-identity-token"];

test("either a token or a command, and neither both nor none", async () => {
  assert.equal(await problemsOf({ token: { env: "ID_TOKEN" } }), []);
  assert.equal(await problemsOf({ command }), []);
  const needs = "`plugins.token` needs either `token` or `command`";
  assert.equal(await problemsOf({}), [`MISSING_FIELD ${needs}`]);
  assert.equal(await problemsOf({ command, token: { env: "ID_TOKEN" } }), [
    `FIELD_CONFLICT ${needs}, and has more than one of them`,
  ]);
});

test("a command in one string is refused, and how to write it is said", async () => {
  assert.equal(await problemsOf({ command: command.join(" ") }), [
    'WRONG_TYPE `plugins.token.command` must be a list of a command and its arguments, such as [gcloud, auth, print-identity-token]; a line for the shell is [sh, -c, "…"]',
  ]);
});

test("an empty command, and a name with what no argument can hold, are refused", async () => {
  assert.match((await problemsOf({ command: [] }))[0] ?? "", /^WRONG_VALUE `plugins\.token\.command` must be a list/);
  assert.equal(await problemsOf({ command: ["a\u0000b"] }), ["WRONG_VALUE `plugins.token.command[0]` must be a text"]);
});

test("what an argument takes from a variable that is named like a credential is refused", async () => {
  const [problem = ""] = await problemsOf({ command: ["curl", "-u", "${MY_PASSWORD}"] });
  assert.match(problem, /^VARIABLE_SECRET the variable MY_PASSWORD is named like a credential/);
});

test.run();
