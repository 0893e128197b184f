import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findingCodes } from "@mlflow-auth/core/internal/package-check";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type SoundPackage, soundPackage } from "../../core/test/package-check/sound-package.js";
import { run } from "./command.js";
import { reportOf } from "./package-report.js";

const test = suite("mlflow-auth plugins --check", { timeout: 120 });

const root = fileURLToPath(new URL("../..", import.meta.url));

let sound: SoundPackage;
test.beforeEach(() => {
  sound = soundPackage();
});

const check = (...args: string[]) => run(["plugins", "--check", ...args], { cwd: sound.folder });

const report = (...args: string[]) => reportOf(sound, ...args);

test("of a sound package it says that it can be published, what its import costs, and that its code was run", async () => {
  const { code, stdout, stderr } = await check();
  assert.is(code, 0, stdout);
  assert.is(stderr, "mlflow-auth: the package's code is run to judge it (--no-import leaves that out)\n");
  const [title, cost, verdict, end] = stdout.split("\n");
  assert.is(title, `mlflow-auth-plugin-sound 1.0.0   ${sound.folder}`);
  assert.match(cost ?? "", /^ {2}an import loads 1 module, in \d+ % of a start of Node$/);
  assert.equal([verdict, end], ["Nothing was found: it can be published.", ""]);
});

test("what is found stands with its place and what to do, and an error is exit code 1", async () => {
  sound.option("realm", { description: "Of whom.", type: "string", default: 1 });
  sound.change("package.json", (json) => void delete json["keywords"]);
  const { code, stdout } = await check();
  assert.is(code, 1);
  assert.match(
    stdout,
    / {2}error {4}default {3}config\.schema\.json:\d+:\d+ #\/properties\/realm\/default\n {4}the option `realm` has a default that it does not take itself: must be string\n {4}Try this: correct it, or the schema\n/,
  );
  assert.match(stdout, / {2}warning {2}keyword {3}package\.json:1:1\n/);
  assert.match(stdout, /\n1 error and 1 warning: fix the error before it is published\.\n$/);
});

test("each finding has file, line and column, as text and as JSON", async () => {
  const schema = [
    "{",
    '  "type": "object", "additionalProperties": false,',
    '  "properties": {',
    '    "a/b~": { "description": "x", "type": "string" },',
    '    "realm": { "description": "Of whom.", "type": "string",',
    '      "default": 1 } } }',
  ].join("\n");
  sound.write("config.schema.json", schema);
  const engines = (json: Record<string, unknown>) => void Object.assign(json, { engines: { node: ">=23" } });
  sound.change("package.json", engines);
  const manifest = readFileSync(join(sound.folder, "package.json"), "utf8");
  const line = manifest.slice(0, manifest.indexOf('"node"')).split("\n").length;
  const column = manifest.indexOf('"node"') - manifest.lastIndexOf("\n", manifest.indexOf('"node"'));
  const { data } = await report("--no-import");
  const places = (data.findings as Record<string, unknown>[]).map(({ code, file, line, column }) => [
    code,
    file,
    line,
    column,
  ]);
  assert.equal(places, [
    ["default", "config.schema.json", 6, 7],
    ["node-range", "package.json", line, column],
  ]);
  const { stdout } = await check("--no-import");
  assert.match(stdout, "config.schema.json:6:7 #/properties/realm/default");
  assert.match(stdout, `package.json:${line}:${column} #/engines/node`);
});

test("of a package.json that is no JSON the place is told where it stops being some", async () => {
  sound.write("package.json", '{\n  "name": "mlflow-auth-plugin-sound",\n  oops\n}');
  const { data } = await report("--no-import");
  const [{ code, file, line, column }] = data.findings;
  assert.equal([code, file, line, column], ["package-json", "package.json", 3, 3]);
});

test("warnings alone keep nobody from publishing", async () => {
  sound.change("package.json", (json) => void Object.assign(json, { private: true }));
  const { code, stdout } = await check();
  assert.is(code, 0);
  assert.match(stdout, /\nNo error, 1 warning: it can be published\.\n$/);
});

test("as JSON, for a folder that is named", async () => {
  sound.write("index.js", 'console.log("loaded");\nexport const createRequestAuthProvider = () => ({});');
  const { code, stdout } = await run(["plugins", "--check", sound.folder, "--json"], { cwd: root });
  assert.is(code, 1);
  const { fine, verdict, package: judged, findings, unchecked, import: cost } = JSON.parse(stdout);
  assert.equal([fine, verdict, unchecked], [false, "1 error: fix the error before it is published", []]);
  assert.equal(judged, { name: "mlflow-auth-plugin-sound", version: "1.0.0", folder: sound.folder });
  const what = 'as it is imported, it prints "loaded"';
  const remedy = "leave that to the first call that needs it";
  assert.equal(findings, [{ code: "side-effect", severity: "error", what, remedy }]);
  assert.is(cost.modules, 1);
  assert.ok(cost.starts > 0);
});

test("--no-import runs nothing of it, nor of what it has installed, and lists what is left", async () => {
  const mark = join(sound.folder, "ran");
  const marks = `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(mark)}, "");`;
  sound.write("index.js", `${marks}\nexport const createRequestAuthProvider = () => ({});`);
  sound.write("src/generated/options.ts", "// Generated from config.schema.json\n");
  const compiler = "node_modules/json-schema-to-typescript";
  sound.write(`${compiler}/package.json`, { name: "json-schema-to-typescript", version: "16.0.0", main: "index.cjs" });
  sound.write(`${compiler}/index.cjs`, `require("node:fs").writeFileSync(${JSON.stringify(mark)}, "");`);
  const scripts = { prepack: "touch ran", prepare: "touch ran", postpack: "touch ran" };
  sound.change("package.json", (json) => void Object.assign(json, { scripts }));
  const { code, stdout, stderr } = await check("--no-import");
  assert.equal([code, stderr], [0, ""]);
  assert.not.ok(existsSync(mark));
  const left = stdout.match(/^ {2}not looked into: .*$/gm) ?? [];
  assert.is(left.length, 5);
  assert.ok(left.every((line) => line.endsWith(" (--no-import)")));
  assert.match(stdout, /whether importing it does nothing by itself/);
  assert.match(stdout, /\nNothing was found: it can be published, as far as it was looked into\.\n$/);
  assert.is((await report("--no-import")).data.import, null);
  await check();
  assert.ok(existsSync(mark), "without it, its modules are imported");
});

test("types that are not those of the schema are an error, with what makes them anew", async () => {
  mkdirSync(join(sound.folder, "node_modules"));
  const compiler = "node_modules/json-schema-to-typescript";
  symlinkSync(join(root, compiler), join(sound.folder, compiler));
  const types = () => run(["plugins", "--types"], { cwd: sound.folder });
  assert.is((await types()).code, 0);
  assert.equal((await report()).shown, []);
  sound.option("realm", { type: "string", description: "Of whom." });
  const { code, shown, data } = await report();
  assert.equal([code, shown], [1, ["error types src/generated/options.ts"]]);
  assert.is(data.findings[0].remedy, "mlflow-auth plugins --types");
  await types();
  assert.is((await report()).code, 0);
});

test("types that can't be compared are told, for want of the compiler", async () => {
  sound.write("src/generated/options.ts", "// Generated from config.schema.json\n");
  const { code, stdout } = await check();
  assert.is(code, 0);
  assert.match(
    stdout,
    /not looked into: whether the types .* \(json-schema-to-typescript, .*: npm install --save-dev /,
  );
});

test("what is no plugin's package is a finding; where there is no package at all, it was used wrongly", async () => {
  sound.write("package.json", "{");
  const broken = await check();
  assert.is(broken.code, 1);
  assert.match(
    broken.stdout,
    /^a package without a name .*\n {2}error {4}package-json {3}package\.json:1:2\n {4}package\.json is not JSON\n/,
  );
  sound.write("package.json", { name: "x", version: "1.0.0" });
  assert.equal((await report()).shown, ["error package-json package.json"]);
  sound.write("package.json", undefined);
  const none = await check();
  assert.is(none.code, 2);
  assert.match(none.stderr, /^USAGE: .* is no package: it has no package\.json\n {2}Try this: /);
  assert.is(JSON.parse((await check("--json")).stdout).error.code, "USAGE");
});

test("it goes with no other question about plugins, and --no-import with none but it", async () => {
  assert.match((await check("--types")).stderr, /^USAGE: option '--types .* cannot be used with option '--check/);
  assert.match((await check("--why", "x")).stderr, /^USAGE: option '--check .* cannot be used with option '--why/);
  const alone = await run(["plugins", "--no-import"], { cwd: sound.folder });
  assert.is(alone.code, 2);
  assert.match(alone.stderr, /^USAGE: --no-import goes with --check alone\n/);
});

test("the guide explains each kind of finding, and no other", () => {
  const guide = readFileSync(join(root, "docs/guides/command-line.md"), "utf8");
  const [, table = ""] = /\| finding \| is about \|\n\| --- \| --- \|\n((?:\|.*\n)+)/.exec(guide) ?? [];
  const explained = [...table.matchAll(/^\| (.+?) \|/gm)].flatMap(([, names = ""]) =>
    names.replaceAll("`", "").split(", "),
  );
  assert.equal(explained.sort(), [...findingCodes].sort());
});

test.run();
