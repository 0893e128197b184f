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

/** Each with a word of what it says. */
const everyOutput: readonly (readonly [string, RegExp])[] = [
  ["--help", /doctor/],
  ...[
    "init",
    "validate",
    "headers",
    "tags",
    "doctor",
    "exec",
    "proxy",
    "plugins",
    "schema",
    "create-plugin",
    "completion",
  ].map((command) => [`${command} --help`, new RegExp(`mlflow-auth ${command}`)] as const),
  ["headers https://nobody.invalid/with/a/path", /nobody\.invalid/],
  ["headers https://elsewhere.invalid/a/b", /DESTINATION_UNLISTED/],
  ["plugins", /plugin/],
  ["plugins --why vault", /vault/],
  ["exec -- true", /never used the proxy/],
  ["exec -- no-such-program", /127|not found|PATH/],
  ["proxy --server https://elsewhere.invalid", /belongs to no server/],
  ["create-plugin No_Name", /lower-case/],
  ["schema --write", /yaml-language-server/],
  ["completion tcsh", /Allowed choices/],
  ["nonsense", /unknown command/],
  ["init --yes", /exists already/],
];

for (const [words, wanted] of everyOutput) {
  test(`mlflow-auth ${words} in 50 columns: no word is broken, of warnings on its way neither`, async () => {
    setup.write("mlflow-auth.yaml", FILE);
    const command = [process.execPath, builtCommand, ...words.split(" ")];
    const env = { NO_COLOR: "1", ALL_PROXY: "socks5://nobody.invalid" };
    const { screen } = await inTerminal({ command, cwd: setup.folder, steps: [], columns: 50, env });
    assert.match(screen, wanted);
    assert.equal(
      screen.split("\n").filter((line) => line.length > 50 && line.trim().includes(" ")),
      [],
    );
  });
}

test("JSON is not broken: on a terminal, too, it is for a program", async () => {
  setup.write("mlflow-auth.yaml", FILE);
  const command = [process.execPath, builtCommand, "doctor", "--json"];
  const { screen } = await inTerminal({ command, cwd: setup.folder, steps: [], columns: 50, env: { NO_COLOR: "1" } });
  assert.ok(JSON.parse(screen));
});

test("what is no terminal gets every line whole, and so does a terminal that does not say how wide it is", async () => {
  const [none, wide] = [await screenOf(["tags"], 0), await screenOf(["tags"], 1000)];
  assert.is(none, wide);
});

test.run();
