import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { ProblemList } from "../../src/config/problems.js";
import { formatError, isMlflowAuthError, MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { loadConfig } from "../../src/load-config.js";
import { pluginFiles, project, temporaryFolder, write } from "../discovery/plugin-packages.ts";

const test = suite("problems as they are told");
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2066]/;
const odd = "\u001b[2J\u009b31m\u202e\u2066\r\u0007";

async function told(config: object | undefined, cwd: string): Promise<string> {
  try {
    await loadConfig({ config: config as never, cwd, env: {} });
  } catch (error) {
    if (isMlflowAuthError(error)) return formatError(error);
    throw error;
  }
  throw new Error("the configuration was accepted");
}

test("no key, value or name of a file brings control characters to a terminal", async () => {
  const folder = project({ name: "plugin-x", auth: `keycloak${odd}` });
  const files: object[] = [
    { [odd]: 1, [`version${odd}`]: 1, [`tls${odd}`]: { [odd]: odd } },
    { auth: odd, headers: [odd, "x"], tags: odd },
    { plugins: { [odd]: {}, [`a${odd}`]: { [odd]: 1 }, x: { plugin: odd }, y: { package: odd }, keycloack: {} } },
    { plugins: { z: { plugin: `keycloak${odd}` }, w: { plugin: `keycloak${odd}`, [odd]: odd } }, auth: [`z${odd}`] },
    { trackingUri: `https://${odd}` },
  ];
  for (const file of files) {
    const text = await told({ version: 1, trackingUri: "https://x.example.com", ...file }, folder);
    assert.not.match(text, control);
  }
});

test("neither does the name of a folder", async () => {
  const folder = join(temporaryFolder(), odd);
  write(folder, { ".git/HEAD": "", "mlflow-auth.yaml": "version: 2\n" });
  assert.not.match(await told(undefined, folder), control);
  write(folder, { "mlflow-auth.yaml": "" });
  assert.not.match(await told(undefined, folder), control);
  write(folder, { "mlflow-auth.yaml": "version: 1\ntrackingUri: https://x.example.com\nplugins: { x: {} }\n" });
  write(folder, pluginFiles({ name: "plugin-x", auth: "x", manifest: { "mlflow-auth-plugin": 1 } }));
  const text = await told(undefined, folder);
  assert.match(text, /PLUGIN_MANIFEST .*\\u001b\[2J/);
  assert.not.match(text, control);
});

test("one problem is one line", () => {
  const error = new MlflowAuthError("USAGE", "a\nb", { remedy: "c\nd" });
  assert.is(formatError(error), "USAGE: a\\u000ab\n  Try this: c\\u000ad");
});

function withProblems(count: number): MlflowAuthError {
  const problems = new ProblemList("x.yaml");
  for (let line = count; line > 0; line--) problems.addSyntax({ line, column: 1 }, "is wrong", undefined);
  return problems.toError();
}

test("of very many problems the first hundred are listed, and how many more there are", () => {
  assert.is(formatError(withProblems(100)).split("\n").length, 100);
  const lines = formatError(withProblems(20_000)).split("\n");
  assert.is(lines.length, 101);
  assert.is(lines[0], "x.yaml:1:1  CONFIG_SYNTAX  is wrong");
  assert.is(lines[100], "and 19900 more");
  assert.is(withProblems(20_000).problems.length, 20_000);
});

test.run();
