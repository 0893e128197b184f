import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findingCodes } from "@mlflow-auth/core/internal/package-check";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type SoundPackage, soundPackage } from "../../core/test/package-check/sound-package.js";
import { run } from "./command.js";

const test = suite("mlflow-auth plugins --check", { timeout: 120 });

const root = fileURLToPath(new URL("../..", import.meta.url));

let sound: SoundPackage;
test.beforeEach(() => {
  sound = soundPackage();
});

const check = (...args: string[]) => run(["plugins", "--check", ...args], { cwd: sound.folder });

interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly what: string;
  readonly file?: string;
}

/** As data, with how it ended. */
async function report(...args: string[]) {
  const { code, stdout, stderr } = await check("--json", ...args);
  assert.ok(stdout.startsWith("{"), stderr);
  const data = JSON.parse(stdout);
  const shown = (data.findings as Finding[]).map((one) => `${one.severity} ${one.code} ${one.file ?? ""}`.trimEnd());
  return { code, shown, data };
}

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

test("files that package.json names and npm would leave out are errors", async () => {
  sound.write("dist/other.js", "export const more = 1;");
  sound.write("index.js", 'export { more as createRequestAuthProvider } from "./dist/inner.js";');
  sound.write("dist/inner.js", "export const more = () => ({});");
  sound.write("environment.json", []);
  sound.change("package.json", (json) => {
    Object.assign(json["mlflow-auth-plugin"] as object, { environment: "./environment.json" });
    const exports = { ".": { types: "./index.d.ts", default: "./index.js" }, "./parts/*": "./dist/*.js" };
    Object.assign(json, { exports, files: ["index.js", "config.schema.json", "dist/other.js"] });
  });
  const { code, shown, data } = await report();
  assert.is(code, 1);
  assert.equal(shown, [
    "error missing-file environment.json",
    "error missing-file index.d.ts",
    "error missing-file dist/inner.js",
  ]);
  assert.equal(
    data.findings.map(({ what }: Finding) => what),
    [
      "package.json names environment.json, which would not be published",
      "package.json names index.d.ts, which is not there",
      "the package imports its dist/inner.js, which would not be published",
    ],
  );
});

test("credentials among the files are errors, by their names and by what they hold", async () => {
  const key = `-----BEGIN ${"PRIVATE"} KEY-----\n${randomBytes(48).toString("base64")}\n`;
  const names = [".env", ".env.production", "certs/server.pem", "deploy/id_ed25519", "service-account-1.json"];
  for (const name of names) sound.write(name, "x");
  sound.write("lib/signing.js", `export const key = ${JSON.stringify(key)};`);
  sound.write("settings.txt", `//registry.example.com/:_authToken=${randomBytes(12).toString("hex")}`);
  // None of these is one.
  sound.write(".env.example", "ACME_TOKEN=");
  sound.write("lib/pem.js", `export const begin = "-----BEGIN ${"PRIVATE"} KEY-----";`);
  sound.write("deploy/id_ed25519.pub", "x");
  const { code, shown, data } = await report();
  assert.is(code, 1);
  const expected = [...names, "lib/signing.js", "settings.txt"].map((name) => `error secret-file ${name}`);
  assert.equal(shown.sort(), expected.sort());
  assert.not.match(JSON.stringify(data), "BEGIN");
});

test("tests and settings of the project among the files are one warning", async () => {
  for (const name of ["test/a.js", "src/b.test.ts", "tsconfig.json", "mlflow-auth.yaml"]) sound.write(name, "{}");
  const { code, shown, data } = await report();
  assert.equal([code, shown], [0, ["warning needless-file package.json"]]);
  assert.match(data.findings[0].what, /would be published: .*, .*, .*, 1 more$/);
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

test("a package of a monorepo is judged by itself, also below an npm that was told of another", async () => {
  const workspace = "node_modules/mlflow-auth-plugin-sound";
  sound.write("../../package.json", { name: "top", version: "1.0.0", private: true, workspaces: [workspace] });
  sound.write("../../.env", "x");
  const env = { npm_config_workspace: "another", npm_config_json: "false" };
  const { code, stdout } = await run(["plugins", "--check"], { cwd: sound.folder, env });
  assert.is(code, 0, stdout);
  assert.match(stdout, /\nNothing was found: it can be published\.\n$/);
});

test("an npm in the package's own folder is not run, wherever PATH leads", async () => {
  sound.write("npm", "#!/bin/sh\n: > ran\n");
  chmodSync(join(sound.folder, "npm"), 0o755);
  const env = { PATH: `.::${process.env["PATH"]}` };
  const { stdout } = await run(["plugins", "--check", "--json", "--no-import"], { cwd: sound.folder, env });
  assert.is(existsSync(join(sound.folder, "ran")), false);
  assert.is(JSON.parse(stdout).fine, true);
});

test("names of files are read as deep as any program reads them, and a package.json of any depth is judged", async () => {
  sound.change(
    "package.json",
    (json) => void Object.assign(json, { exports: { ".": { node: { import: "./no.js" } } } }),
  );
  assert.equal((await report("--no-import")).shown, ["error missing-file no.js"]);
  const text = readFileSync(join(sound.folder, "package.json"), "utf8");
  const deep = `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`;
  sound.write("package.json", text.replace(/"exports":.*?\}{3}/s, `"exports":${deep}`));
  assert.is((await report("--no-import")).code, 0);
});

test("without npm, or where it can't pack, the files are what is not looked into", async () => {
  const bare = await run(["plugins", "--check"], { cwd: sound.folder, env: { PATH: "/nowhere" } });
  assert.is(bare.code, 0, bare.stderr);
  assert.match(bare.stdout, "not looked into: which files would be published (npm can't be run here)");
  sound.change("package.json", (json) => void delete json["version"]);
  const { stdout } = await check();
  assert.match(stdout, /warning {2}publishing .*\n {4}it has no version/);
  assert.match(stdout, /not looked into: which files would be published \(`npm pack` says: .*must have/);
});

test("what is no plugin's package is a finding; where there is no package at all, it was used wrongly", async () => {
  sound.write("package.json", "{");
  const broken = await check();
  assert.is(broken.code, 1);
  assert.match(
    broken.stdout,
    /^a package without a name .*\n {2}error {4}package-json {3}package\.json:1:1\n {4}package\.json is not JSON\n/,
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
