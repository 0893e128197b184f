/** What a user is told of a plugin that is made for another core, and that it is used. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { run } from "./command.js";
import { createSite, type Site } from "./project.js";

const test = suite("a plugin that is made for another core");

let site: Site;
test.beforeEach(async () => {
  site = await createSite();
});
test.afterEach(() => site.stop());

const MANIFEST = "node_modules/mlflow-auth-plugin-test/package.json";
const SENTENCE =
  /is made for @mlflow-auth\/core \^999\.0\.0, and \d+\.\d+\.\d+ runs: update the older one, by `npm install/;

function madeFor(core: string): void {
  const manifest = JSON.parse(readFileSync(join(site.project.folder, MANIFEST), "utf8"));
  site.project.write(MANIFEST, JSON.stringify({ ...manifest, peerDependencies: { "@mlflow-auth/core": core } }));
}

const command = (...args: string[]) => run(args, { cwd: site.project.folder });
const count = (text: string) => text.split(SENTENCE).length - 1;

test("validate warns once, with the place, and the file is valid", async () => {
  madeFor("^999.0.0");
  const { code, stderr } = await command("validate");
  assert.is(code, 0);
  assert.match(stderr, /mlflow-auth\.yaml:4:\d+ {2}PLUGIN_VERSION {2}/);
  assert.is(count(stderr), 1);
  const { warnings, valid } = JSON.parse((await command("validate", "--json")).stdout);
  assert.is(valid, true);
  assert.equal(
    warnings.map((warning: { code: string }) => warning.code),
    ["PLUGIN_VERSION"],
  );
});

test("plugins says it of the package, as JSON, too", async () => {
  madeFor("^999.0.0");
  const { code, stdout } = await command("plugins");
  assert.is(code, 0);
  assert.match(
    stdout,
    /\n {2}test {3}\S.* {3}enabled as test\n {2}PLUGIN_VERSION\n {4}the package mlflow-auth-plugin-test /,
  );
  const { packages } = JSON.parse((await command("plugins", "--json")).stdout);
  const [found] = packages.filter(({ name }: { name: string }) => name === "mlflow-auth-plugin-test");
  assert.is(found.warning.code, "PLUGIN_VERSION");
  assert.match(found.warning.message, SENTENCE);
});

test("doctor says it of the plugins, and goes on", async () => {
  madeFor("^999.0.0");
  const { stdout } = await command("doctor");
  assert.match(stdout, / {2}warn {2}plugins [\s\S]*warning: the package mlflow-auth-plugin-test/);
  assert.match(stdout, / {2}ok {4}file /);
  assert.match(stdout, / {2}ok {4}secret {10}from test, /);
  assert.is(count(stdout), 1);
});

test("a program under exec runs, and stderr says it once", async () => {
  madeFor("^999.0.0");
  const { code, stdout, stderr } = await command("exec", "--", process.execPath, "-e", "console.log('RAN')");
  assert.is(code, 0);
  assert.match(stdout, "RAN");
  assert.is(count(stderr), 1);
});

test("nothing is said where they agree", async () => {
  madeFor(">=0.0.1");
  const { stderr, stdout } = await command("validate", "--json");
  assert.is(stderr, "");
  assert.equal(JSON.parse(stdout).warnings, []);
  const listed = JSON.parse((await command("plugins", "--json")).stdout);
  assert.not.ok(listed.packages.some((one: object) => "warning" in one));
});

test("a name that no package provides is told with the nearest known one, by validate, exec and plugins", async () => {
  site.configure("version: 1\ntrackingUri: URI\nplugins:\n  tesst: {}\n");
  const said = /PLUGIN_NOT_INSTALLED .*no installed package provides a plugin of this name; did you mean `test`\?/;
  const { code, stderr } = await command("validate");
  assert.is(code, 3);
  assert.match(stderr, said);
  const { problems } = JSON.parse((await command("validate", "--json")).stdout);
  assert.match(problems[0].message, "did you mean `test`?");
  assert.match((await command("exec", "--", "true")).stderr, said);
  const why = JSON.parse((await command("plugins", "--why", "tesst", "--json")).stdout);
  assert.match(JSON.stringify(why), "did you mean `test`?");
});

test.run();
