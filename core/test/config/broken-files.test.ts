import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { formatError, isMlflowAuthError, type MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { loadConfig } from "../../src/load-config.js";
import { project } from "../discovery/plugin-packages.ts";
import { brokenAltogether } from "./broken-altogether.ts";
import { brokenFields } from "./broken-fields.ts";
import type { BrokenFile } from "./broken-file.ts";
import { brokenPlugins } from "./broken-plugins.ts";
import { brokenServers } from "./broken-servers.ts";
import { brokenTexts } from "./broken-texts.ts";
import { brokenVariables } from "./broken-variables.ts";
import { backend, labels, second, stamp } from "./sample-plugins.ts";

const test = suite("broken configuration files");
const folder = project(backend, second, stamp, labels);
/**
 * Stands in the files wherever a user's value would, as long as the placeholder so that columns stay as they are; put together
 * here so that no file of ours holds it.
 */
const canary = ["qz", "x9", "jw"].join("");

async function failureOf(text: string, file: string, env: Record<string, string>): Promise<MlflowAuthError> {
  writeFileSync(join(folder, file), text.replaceAll("CANARY", canary));
  try {
    await loadConfig({ configFile: file, cwd: folder, env });
  } catch (error) {
    if (isMlflowAuthError(error)) return error;
    throw error;
  }
  throw new Error("the file was accepted");
}

const brokenFiles: Record<string, BrokenFile>[] = [
  brokenAltogether,
  brokenTexts,
  brokenFields,
  brokenServers,
  brokenPlugins,
  brokenVariables,
];

/** Everything by which an error may come to light. */
function outputs(error: MlflowAuthError): string {
  const shown = inspect(error, { depth: 20, showHidden: true, getters: true });
  return [error.message, String(error), error.stack, formatError(error), JSON.stringify({ ...error }), shown].join(
    "\n",
  );
}

for (const [name, { text, file = "mlflow-auth.yaml", env = {}, problems }] of brokenFiles.flatMap(
  Object.entries<BrokenFile>,
)) {
  test(name, async () => {
    const error = await failureOf(text, file, { SET: canary, EMPTY: "", ...env });
    assert.is(error.code, "CONFIG_INVALID");
    const found = error.problems.map(({ line, column, code }) => `${line}:${column} ${code}`);
    assert.equal(found, problems, formatError(error));
    assert.not.match(outputs(error).toLowerCase(), canary);
    for (const problem of error.problems) assert.is(problem.file, file);
  });
}

test("there are more than forty of them", () => {
  assert.ok(brokenFiles.flatMap(Object.keys).length >= 40);
});

test.run();
