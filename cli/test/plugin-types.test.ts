import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { valuesSchema } from "@mlflow-auth/core/internal/config";
import { suite } from "@mlflow-auth/test/suite";
import { compile } from "json-schema-to-typescript";
import * as assert from "uvu/assert";
import { optionsModule, optionsTypeName } from "../src/plugin-package/option-types.js";
import { run } from "./command.js";

const test = suite("mlflow-auth plugins --types");

const root = fileURLToPath(new URL("../..", import.meta.url));

let folder: string;
test.beforeEach(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), "mlflow-auth-types-"));
});
test.afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (name: string) => join(folder, name);
const read = (name: string) => readFileSync(path(name), "utf8");
function write(name: string, content: string | object): void {
  mkdirSync(dirname(path(name)), { recursive: true });
  writeFileSync(path(name), typeof content === "string" ? content : JSON.stringify(content));
}

/** The compiler of this workspace, where the package would have it. */
function installCompiler(): void {
  mkdirSync(path("node_modules"), { recursive: true });
  symlinkSync(join(root, "node_modules/json-schema-to-typescript"), path("node_modules/json-schema-to-typescript"));
}

const manifest = {
  name: "mlflow-auth-plugin-acme",
  "entry-points": { "mlflow.request_auth_provider": { acme: "./dist/index.js:create" } },
  "mlflow-auth-plugin": { apiVersion: 1, configSchema: "./config.schema.json" },
};
const schema = {
  type: "object",
  additionalProperties: false,
  required: ["apiKey"],
  properties: {
    apiKey: { description: "The key.", $ref: "mlflow-auth:values#/$defs/secret" },
    patience: { description: "How long.", $ref: "mlflow-auth:values#/$defs/duration", default: "10s" },
    realm: { description: "Of whom.", type: "string" },
    cache: { $ref: "mlflow-auth:values#/$defs/cache" },
  },
};

/** A package that is not built: of its modules there is none. */
function acme(changed: object = {}): void {
  installCompiler();
  write("package.json", { ...manifest, ...changed });
  write("config.schema.json", schema);
}

const types = (...args: string[]) => run(["plugins", "--types", ...args], { cwd: folder });

test("writes what the factory gets: secrets and durations converted, defaults filled in", async () => {
  acme();
  const { code, stdout, stderr } = await types();
  assert.equal([code, stdout, stderr], [0, "src/generated/options.ts   AcmeOptions   written\n", ""]);
  const text = read("src/generated/options.ts");
  assert.match(
    text,
    /^\/\/ Generated from config\.schema\.json by `mlflow-auth plugins --types`\. .*run that again\.\n/,
  );
  assert.match(text, 'import type { CachePolicy, SecretSource } from "@mlflow-auth/core/plugin";');
  assert.match(text, "export interface AcmeOptions {");
  for (const line of ["apiKey: SecretSource;", "patience: number;", "realm?: string;", "cache: Required<CachePolicy>;"])
    assert.ok(text.includes(`  ${line}\n`), line);
});

test("a second time nothing is written; a changed schema is", async () => {
  acme();
  await types();
  assert.match((await types()).stdout, "AcmeOptions   up to date already");
  write("config.schema.json", { ...schema, required: [] });
  assert.match((await types()).stdout, "AcmeOptions   written");
  assert.match(read("src/generated/options.ts"), "apiKey?: SecretSource;");
});

test("as JSON, for a package that is named", async () => {
  acme();
  const { code, stdout } = await run(["plugins", "--json", "--types", folder], { cwd: root });
  assert.is(code, 0);
  const file = "src/generated/options.ts";
  const one = { file, plugin: "acme", type: "AcmeOptions", schema: "config.schema.json", changed: true };
  assert.equal(JSON.parse(stdout), { folder, files: [one] });
});

test("our own plugins get what is committed, each plugin of a package its own", async () => {
  installCompiler();
  for (const file of ["package.json", "config.schema.json", "sigv4/config.schema.json"]) {
    mkdirSync(dirname(path(file)), { recursive: true });
    copyFileSync(join(root, "plugins/aws", file), path(file));
  }
  assert.match((await types()).stdout, /AwsOptions {3}written\nsrc\/sigv4\/generated\/options\.ts {3}Sigv4Options/);
  for (const file of ["src/generated/options.ts", "src/sigv4/generated/options.ts"])
    assert.is(read(file), readFileSync(join(root, "plugins/aws", file), "utf8"), file);
});

test("plugins that share a schema share its types; one without a schema has none", async () => {
  acme({ "entry-points": { "mlflow.request_auth_provider": { acme: "./a.js:a", other: "./a.js:b" } } });
  assert.is((await types()).stdout, "src/generated/options.ts   AcmeOptions   written\n");
  write("package.json", { ...manifest, "mlflow-auth-plugin": { apiVersion: 1 } });
  const { code, stdout } = await types();
  assert.equal([code, stdout], [0, "no plugin of this package has a configSchema: there is nothing to write\n"]);
});

test("of a schema that stands in package.json, too", async () => {
  acme({ "mlflow-auth-plugin": { apiVersion: 1, configSchema: { acme: schema } } });
  assert.is((await types()).stdout, "src/generated/options.ts   AcmeOptions   written\n");
  assert.match(read("src/generated/options.ts"), /^\/\/ Generated from package\.json by /);
});

test("without the compiler, or with another version of it, the command that installs it is named", async () => {
  acme();
  rmSync(path("node_modules"), { recursive: true });
  const without = await types();
  assert.is(without.code, 2);
  assert.match(without.stderr, /^USAGE: json-schema-to-typescript, which makes the types, is not installed for /);
  assert.match(without.stderr, /\n {2}Try this: npm install --save-dev json-schema-to-typescript@\^16\.0\.0\n$/);
  write("node_modules/json-schema-to-typescript/package.json", {
    name: "json-schema-to-typescript",
    version: "15.0.4",
  });
  write("node_modules/json-schema-to-typescript/index.js", "process.exit(9);");
  const old = await types("--json");
  assert.is(old.code, 2);
  const { error } = JSON.parse(old.stdout);
  assert.match(error.message, /^json-schema-to-typescript 15\.0\.4 is installed for .*, and version 16 is needed$/);
  assert.is(error.remedy, "npm install --save-dev json-schema-to-typescript@^16.0.0");
});

test("the version that it names is the one that this workspace generates with", () => {
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  assert.match(devDependencies["json-schema-to-typescript"], /^16\./);
});

test("what somebody wrote is not overwritten, and then nothing is", async () => {
  const two = { acme: "./config.schema.json", other: "./other.json" };
  acme({
    "entry-points": { "mlflow.request_auth_provider": { acme: "./a.js:a", other: "./a.js:b" } },
    "mlflow-auth-plugin": { apiVersion: 1, configSchema: two },
  });
  write("other.json", schema);
  write("src/other/generated/options.ts", "export interface Mine {}\n");
  const { code, stderr } = await types();
  assert.is(code, 2);
  assert.match(stderr, "src/other/generated/options.ts is there already, and was not generated by this command");
  assert.is(read("src/other/generated/options.ts"), "export interface Mine {}\n");
  assert.not.ok(existsSync(path("src/generated")));
});

test("a schema that core could not use gives no types, with core's reason", async () => {
  const faulty: Record<string, [schema: object | string, said: RegExp]> = {
    "of no JSON Schema": [{ ...schema, type: "objekt" }, /is not a JSON Schema \(draft-07\) \(#\/type must be/],
    "with an option of core's own": [{ properties: { timeout: {} } }, /the option `timeout`, which mlflow-auth takes/],
    "that leads to a file": [{ properties: { a: { $ref: "/etc/hostname" } } }, /a reference that core can't follow/],
    "of no JSON": ["{", /has a configSchema that is not a JSON Schema/],
  };
  acme();
  for (const [what, [content, said]] of Object.entries(faulty)) {
    write("config.schema.json", content);
    const { code, stderr } = await types();
    assert.is(code, 3, what);
    assert.match(stderr, /^PLUGIN_MANIFEST: the package mlflow-auth-plugin-acme /);
    assert.match(stderr, said);
    assert.not.ok(existsSync(path("src")), what);
  }
});

test("a folder that holds no plugin's package is told for what it is", async () => {
  const said = async (expected: RegExp, code: number, ...args: string[]) => {
    const ended = await types(...args);
    assert.is(ended.code, code);
    assert.match(ended.stderr, expected);
  };
  await said(/^USAGE: .* is no package: it has no package\.json\n {2}Try this: /, 2);
  await said(/^USAGE: there is no folder .*\/none\n/, 2, "none");
  await said(/^USAGE: error: .*must not be empty|^USAGE: .*It must not be empty/, 2, "");
  write("package.json", "{");
  await said(/^PLUGIN_MANIFEST: .*package\.json is not JSON \(line 1\)\n/, 3);
  write("package.json", { name: "x" });
  await said(/^PLUGIN_MANIFEST: .*package\.json has no entry point of a group that core knows\n/, 3);
  write("package.json", { name: "x", "entry-points": { others: { acme: "./a.js:a" } } });
  await said(
    /^PLUGIN_MANIFEST: .*`others` is a group of entry points that nobody reads\n {2}Try this: use one of `mlflow/,
    3,
  );
  write("package.json", manifest["entry-points"]);
  await said(/^PLUGIN_MANIFEST: .*package\.json has no name that a package can have\n/, 3);
});

test("it goes with no other question about plugins", async () => {
  assert.match((await types("--why", "vault")).stderr, /^USAGE: option '--types .* cannot be used with option '--why/);
});

test("the module exports the type that is named, whatever the plugin is called", async () => {
  const names = { vault: "VaultOptions", "acme-sso": "AcmeSsoOptions", "2fa": "Plugin2FaOptions", s3_x: "S3XOptions" };
  for (const [plugin, name] of Object.entries(names)) {
    assert.is(optionsTypeName(plugin), name);
    const text = await optionsModule(plugin, { json: schema, file: "x.json" }, valuesSchema, compile);
    assert.match(text, `export interface ${name} {`);
  }
});

test("a schema that needs one of several fields makes a closed type, in whichever form it says so", async () => {
  const choice = [{ required: ["realm"] }, { required: ["apiKey"] }];
  const file = "config.schema.json";
  const plain = await optionsModule("acme", { json: schema, file }, valuesSchema as never, compile);
  const forms = [
    { oneOf: choice },
    { anyOf: choice },
    { allOf: [{ anyOf: choice }, { not: { required: ["realm"] } }] },
  ];
  for (const form of forms) {
    const json = { ...schema, ...form };
    assert.is(await optionsModule("acme", { json, file }, valuesSchema as never, compile), plain, JSON.stringify(form));
  }
});

test.run();
