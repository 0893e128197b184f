import { chmodSync } from "node:fs";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { runUntil } from "./command.js";
import { type CommandSite, createCommandSite } from "./command-plugin.js";

const test = suite("which command of a plugin is meant");

let site: CommandSite;
test.beforeEach(async () => {
  site = await createCommandSite();
  site.command(`context.stdout.write("the test\\n");`);
});
test.afterEach(() => site.stop());

const ask = (...args: string[]) => runUntil(args, { cwd: site.project.folder });
const listed = async () =>
  JSON.parse((await ask("plugins", "--json")).stdout).packages.flatMap((one: { commands: object[] }) => one.commands);

test("a package with a command alone needs no schema and no entry in the file", async () => {
  site.add("acme-tools", "acme");
  assert.equal((await ask("acme")).stdout, "acme-tools\n");
  assert.match((await ask("plugins")).stdout, /acme-tools 1\.0\.0 .*\n {2}acme {3}command {3}mlflow-auth acme\n/);
  assert.equal(await listed(), [{ name: "test" }, { name: "acme" }]);
});

test("a file that enables what is a command alone is told so", async () => {
  site.add("acme-tools", "acme");
  site.configure("version: 1\ntrackingUri: URI\nplugins:\n  test: { file: FILE }\n  acme: {}\n");
  const { code, stderr } = await ask("validate");
  assert.is(code, 3);
  assert.match(
    stderr,
    /PLUGIN_INTERFACE {2}the package acme-tools .* gives a command of this name, .*: take it out of `plugins`, and run `mlflow-auth acme`/,
  );
  const why = await ask("plugins", "--why", "acme");
  assert.is(why.code, 1);
  assert.match(
    why.stdout,
    /PLUGIN_INTERFACE[\s\S]*acme-tools 1\.0\.0 .*: gives a command of this name, and nothing that a file enables/,
  );
  assert.not.match((await ask("schema")).stdout, "acme");
});

test("a plugin and a command of one name in two packages do not hinder each other", async () => {
  site.add("acme-tools", "vault");
  site.add("acme-auth", "other", {
    others: { "mlflow.request_auth_provider": { vault: "./command.js:createCommand" } },
  });
  site.configure("version: 1\ntrackingUri: URI\nplugins:\n  vault: {}\n");
  assert.is((await ask("validate")).code, 0);
  assert.is((await ask("vault")).stdout, "acme-tools\n");
});

test("two packages with one command: neither runs, both are named, and the file may say which", async () => {
  site.add("acme-one", "test");
  const { code, stdout, stderr } = await ask("test");
  assert.equal([code, stdout], [3, ""]);
  assert.match(
    stderr,
    /^PLUGIN_AMBIGUOUS: mlflow-auth-plugin-test \(.*\) and acme-one \(.*\) have a command `test`: .*`package: mlflow-auth-plugin-test`/,
  );
  assert.match((await ask("plugins")).stdout, / {2}test {3}command {3}PLUGIN_AMBIGUOUS\n/);
  const { code: valid, stderr: warned } = await ask("validate");
  assert.is(valid, 0);
  assert.match(warned, /^warning {2}mlflow-auth\.yaml {2}PLUGIN_AMBIGUOUS {2}the command test: /);
  const { warnings } = JSON.parse((await ask("validate", "--json")).stdout);
  assert.is(warnings[0].code, "PLUGIN_AMBIGUOUS");

  site.configure("version: 1\ntrackingUri: URI\nplugins:\n  test: { package: mlflow-auth-plugin-test, file: FILE }\n");
  assert.is((await ask("test")).stdout, "the test\n");
  assert.is((await ask("validate")).stderr, "");
});

test("a command of our own comes first, and that is told", async () => {
  site.add("acme-tools", "validate");
  site.add("acme-more", "help");
  assert.match((await ask("validate")).stdout, /^valid/);
  assert.match((await ask("help")).stdout, /^Usage: mlflow-auth/);
  const { stdout } = await ask("plugins");
  assert.match(
    stdout,
    / {2}validate {3}command {3}PLUGIN_AMBIGUOUS\n {4}`mlflow-auth validate` is a command of mlflow-auth itself/,
  );
  assert.match(stdout, / {2}help {3}command {3}PLUGIN_AMBIGUOUS\n/);
  assert.not.match((await ask("--help")).stdout, "acme");
});

test("a slip is told with the command that was meant, ours or a plugin's", async () => {
  site.add("acme-tools", "register");
  for (const [word, meant] of [
    ["regster", "register"],
    ["tesst", "test"],
    ["valdate", "validate"],
  ] as const) {
    const { code, stdout, stderr } = await ask(word);
    assert.equal([code, stdout], [2, ""]);
    assert.match(
      stderr,
      `USAGE: unknown command '${word}'\n(Did you mean ${meant}?)\n  Try this: mlflow-auth --help\n`,
    );
  }
  assert.match((await ask("\u001b[31m")).stderr, "unknown command '\\u001b[31m'\n");
});

test("the help lists them, with their packages; a file that can't be read keeps it from nothing", async () => {
  site.add("acme-tools", "acme");
  for (const args of [["--help"], ["help"], []]) {
    const { stdout, stderr } = await ask(...args);
    assert.match(
      stdout + stderr,
      /\nOf installed plugins:\n {2}test +of mlflow-auth-plugin-test\n {2}acme +of acme-tools\n$/,
    );
  }
  assert.not.match((await ask("validate", "--help")).stdout, "Of installed plugins");
  const { code, stdout } = await ask("--config", "nope.yaml", "--help");
  assert.is(code, 0);
  assert.match(stdout, "Of installed plugins");
});

test("a command of a package that is not a dependency is told with the command that installs it", async () => {
  site.add("acme-tools", "acme", { declare: false });
  const { code, stderr } = await ask("acme");
  assert.is(code, 3);
  assert.match(
    stderr,
    /^PLUGIN_NOT_INSTALLED: the package acme-tools .* has the command `acme`, but .* does not name it as a dependency\n {2}Try this: npm install acme-tools\n/,
  );
});

const faulty: readonly (readonly [what: string, options: { entry?: unknown; apiVersion?: number }, said: RegExp])[] = [
  ["a later interface", { apiVersion: 2 }, /made for version 2 of the plugin interface/],
  ["another form", { entry: "command.js" }, /declares the entry point acme of mlflow_auth\.command in another form/],
  ["a module that is not there", { entry: "./none.js:createCommand" }, /lacks the module/],
  [
    "a module outside",
    { entry: "./../mlflow-auth-plugin-test/command.js:createCommand" },
    /names a module outside of itself/,
  ],
];
for (const [what, options, said] of faulty) {
  test(`one that declares ${what} is not imported`, async () => {
    site.add("acme-tools", "acme", { ...options, module: "console.log('imported');" });
    const { code, stdout, stderr } = await ask("acme");
    assert.equal([code, stdout], [3, ""]);
    assert.match(stderr, /^PLUGIN_MANIFEST/);
    assert.match(stderr, said);
    assert.not.match((await ask("--help")).stdout, "acme");
  });
}

test("a name that nobody could type is a fault of its package", async () => {
  site.add("acme-tools", "a b\u001b[31m");
  const { stdout } = await ask("plugins");
  assert.match(stdout, "  a b\\u001b[31m   command   PLUGIN_MANIFEST\n");
  assert.not.match(stdout + (await ask("--help")).stdout, "\u001b");
});

test("code that others may write is not run, be it the package, its module or what that imports", async () => {
  const places = ["node_modules/acme-tools", "node_modules/acme-tools/command.js", "beside.js"];
  for (const place of places) {
    site.add("acme-tools", "acme", {
      module: `console.log("ran"); import "../../beside.js"; export const createCommand = () => ({ run() {} });`,
    });
    site.project.write("beside.js", "console.log('ran');");
    const path = `${site.project.folder}/${place}`;
    chmodSync(path, 0o777);
    const { code, stdout, stderr } = await ask("acme");
    chmodSync(path, 0o755);
    assert.equal([code, stdout], [3, ""], place);
    assert.match(stderr, /^PLUGIN_UNTRUSTED: the package acme-tools/, place);
  }
  assert.is((await ask("acme")).stdout, "ran\nran\n");
});

test.run();
