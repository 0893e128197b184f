/** What a command says in a narrow terminal: no word is broken. */
import { builtCommand } from "@mlflow-auth/test/built-command";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createSetup, type Setup } from "../../cli/test/setup.ts";
import { missing } from "../servers/tools.ts";
import { inTerminal } from "./terminal.ts";

const test = suite("a narrow terminal", { missing: await missing("python") });

let setup: Setup;
test.beforeEach(() => {
  setup = createSetup();
});
test.afterEach(() => setup.remove());

const screenOf = async (args: readonly string[], columns: number) => {
  const command = [process.execPath, builtCommand, ...args];
  return (await inTerminal({ command, cwd: setup.folder, steps: [], columns, env: { NO_COLOR: "1" } })).screen;
};

const FILE = "version: 1\ntrackingUri: https://nobody.invalid/with/a/path\nplugins: {}\n";

for (const columns of [50, 80]) {
  for (const command of ["doctor", "validate", "tags"]) {
    test(`${command} in ${columns} columns breaks lines between words, and says the same as in a wide one`, async () => {
      if (command === "doctor") setup.write("mlflow-auth.yaml", FILE);
      const wide = await screenOf([command], 1000);
      const narrow = await screenOf([command], columns);
      assert.is(narrow.split(/\s+/).join(" "), wide.split(/\s+/).join(" "));
      // A word that is wider than that can't be helped: the path of a folder, or an address.
      const tooWide = narrow.split("\n").filter((line) => line.length > columns && line.trim().includes(" "));
      assert.equal(tooWide, []);
      assert.ok(narrow.split("\n").length > wide.split("\n").length);
    });
  }
}

test("what is no terminal gets every line whole, and so does a terminal that does not say how wide it is", async () => {
  const [none, wide] = [await screenOf(["tags"], 0), await screenOf(["tags"], 1000)];
  assert.is(none, wide);
});

test.run();
