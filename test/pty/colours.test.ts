import { builtCommand } from "@mlflow-auth/test/built-command";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createSetup, type Setup } from "../../cli/test/setup.ts";
import { missing } from "../servers/tools.ts";
import { inTerminal } from "./terminal.ts";

const test = suite("colours on a terminal", { missing: await missing("python") });

let setup: Setup;
test.beforeEach(() => {
  setup = createSetup();
});
test.afterEach(() => setup.remove());

const validate = async (env: Record<string, string> = {}) =>
  (await inTerminal({ command: [process.execPath, builtCommand, "validate"], cwd: setup.folder, env, steps: [] })).raw;

const red = (text: string) => `\u001b[31m${text}\u001b[39m`;

test("the code is red, of each problem of a file as of any other error, unless NO_COLOR says otherwise", async () => {
  assert.match(await validate(), `${red("CONFIG_NOT_FOUND")}: `);
  setup.write("mlflow-auth.yaml", "version: 1\ntrackingUrl: https://mlflow.example.com\nplugin: {}\n");
  assert.is((await validate()).split(red("UNKNOWN_FIELD")).length - 1, 2);
  assert.not.match(await validate({ NO_COLOR: "1" }), "\u001b[");
});

test.run();
