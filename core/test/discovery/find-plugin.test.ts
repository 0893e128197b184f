import { mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { Config } from "../../src/config/config.js";
import { ownPackage, ownPlugins } from "../../src/discovery/install-command.js";
import { loadFactory } from "../../src/discovery/load-entry.js";
import { type Manifest, namesOf, readManifest } from "../../src/discovery/manifests.js";
import { isMlflowAuthError, type MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { loadConfig } from "../../src/load-config.js";
import {
  groupOf,
  install,
  type PluginPackage,
  pluginFiles,
  project,
  temporaryFolder,
  write,
} from "./plugin-packages.ts";

const test = suite("plugins of an instance");
const plugin: PluginPackage = { name: "plugin-x", auth: "x" };

function load(cwd: string, plugins: object): Promise<Config> {
  const config = { version: 1, trackingUri: "https://mlflow.example.com", plugins } as never;
  return loadConfig({ config, cwd, env: {} });
}

async function failureOf(promise: Promise<unknown>): Promise<MlflowAuthError> {
  try {
    await promise;
  } catch (error) {
    if (isMlflowAuthError(error)) return error;
    throw error;
  }
  throw new Error("there was no error");
}

/** The only problem there is, without its place. */
async function problemOf(cwd: string, plugins: object): Promise<string> {
  const { problems } = await failureOf(load(cwd, plugins));
  assert.is(problems.length, 1, JSON.stringify(problems));
  return `${problems[0]?.code} ${problems[0]?.message.replace(/^`plugins\.\w+`: /, "")}`;
}

test("all that a package declares under one name belongs to the instance", async () => {
  const folder = project({ name: "plugin-x", auth: "x", headers: "x", tags: "other" });
  const [instance] = (await load(folder, { x: {} })).instances;
  assert.equal(Object.keys(instance?.entries ?? {}), [groupOf.auth, groupOf.headers]);
  assert.is(instance?.entries[groupOf.auth]?.module, join(folder, "node_modules/plugin-x/index.js"));
  assert.is(instance?.entries[groupOf.auth]?.export, "create_auth");
  assert.is(instance?.package.version, "1.2.3");
});

test("nothing is imported by loading: the modules of these packages would throw", async () => {
  const folder = project(plugin);
  await load(folder, { x: {} });
  const [instance] = (await load(folder, { x: {} })).instances;
  const error = await failureOf(loadFactory(instance?.entries[groupOf.auth] as never));
  assert.is(error.code, "PLUGIN_LOAD");
  assert.not.match(error.message, "nobody may import this");
});

test("an entry point gives its factory", async () => {
  const folder = project({ ...plugin, module: "export const create_auth = () => 'made';" });
  const [instance] = (await load(folder, { x: {} })).instances;
  const factory = await loadFactory(instance?.entries[groupOf.auth] as never);
  assert.is((factory as unknown as () => string)(), "made");
});

test("a module without the factory, or without its own dependencies, is PLUGIN_LOAD", async () => {
  for (const module of ["export const create_auth = 1;", "export {};", "import 'not-there';", "syntax error"]) {
    const folder = project({ ...plugin, module });
    const [instance] = (await load(folder, { x: {} })).instances;
    const error = await failureOf(loadFactory(instance?.entries[groupOf.auth] as never));
    assert.is(error.code, "PLUGIN_LOAD");
    assert.match(error.message, "plugin-x");
    assert.ok(error.remedy);
  }
});

test("two packages with one name are an error that lists both, once it is enabled and unless `package` decides", async () => {
  const folder = project(plugin, { name: "plugin-y", tags: "x" }, { name: "plugin-z", headers: "z" });
  const problem = await problemOf(folder, { x: {}, z: {} });
  assert.match(problem, /^PLUGIN_AMBIGUOUS .*plugin-x \(.*plugin-y \(.*package: plugin-x/);
  assert.is((await load(folder, { z: {} })).instances.length, 1);
  const [instance] = (await load(folder, { x: { package: "plugin-y" } })).instances;
  assert.is(instance?.package.name, "plugin-y");
});

test("every plugin of this project is known by its name and its package", () => {
  const plugins = fileURLToPath(new URL("../../../plugins", import.meta.url));
  const packages = readdirSync(plugins).map((name) => readManifest(join(plugins, name)) as Manifest);
  const made = packages.flatMap(namesOf);
  assert.equal([...ownPlugins].sort(), made.sort());
  for (const one of packages) for (const name of namesOf(one)) assert.is(ownPackage(name), one.name);
});

const lockfiles: [lockfile: string, command: string][] = [
  ["package-lock.json", "npm install"],
  ["pnpm-lock.yaml", "pnpm add"],
  ["yarn.lock", "yarn add"],
  [".none", "npm install"],
];
for (const [lockfile, command] of lockfiles) {
  test(`with ${lockfile}, a missing plugin of ours is installed by \`${command}\``, async () => {
    const folder = project();
    write(folder, { [lockfile]: "", "sub/x.txt": "" });
    const wanted = `PLUGIN_NOT_INSTALLED the plugin \`vault\` is not installed: ${command} @mlflow-auth/plugin-vault`;
    assert.is(await problemOf(join(folder, "sub"), { vault: {} }), wanted);
  });
}

test("in a workspace its lockfile tells, and pnpm is told when the root is meant", async () => {
  const folder = temporaryFolder();
  write(folder, { "package.json": {}, "pnpm-workspace.yaml": "", "pnpm-lock.yaml": "", "a/package.json": {} });
  assert.match(await problemOf(join(folder, "a"), { vault: {} }), /: pnpm add @mlflow-auth/);
  assert.match(await problemOf(folder, { vault: {} }), /: pnpm add -w @mlflow-auth/);
});

test("without a project the plugin goes where the command is", async () => {
  assert.match(await problemOf(temporaryFolder(), { vault: {} }), /: npm install --global @mlflow-auth\/plugin-vault$/);
});

test("for a plugin that is not known, the names that are close are offered, with the command for what is not installed", async () => {
  const folder = project({ name: "plugin-x", auth: "keycloak" }, { name: "plugin-y", auth: "azura" });
  assert.match(await problemOf(folder, { keycloack: {} }), /no installed package .*; did you mean `keycloak`\?$/);
  const vault = /did you mean `vault` \(not installed: npm install @mlflow-auth\/plugin-vault\)\?$/;
  assert.match(await problemOf(folder, { vualt: {} }), vault);
  const ours = project({ name: "@mlflow-auth/plugin-vault", auth: "vault" });
  assert.match(await problemOf(ours, { vualt: {} }), /did you mean `vault`\?$/);
  const two = /did you mean `azura` or `azure` \(not installed: npm install @mlflow-auth\/plugin-azure\)\?$/;
  assert.match(await problemOf(folder, { azur: {} }), two);
  assert.match(await problemOf(folder, { mine: { package: "acme-auth" } }), /: npm install acme-auth$/);
});

test("a mistyped package is not offered for installation, but the one that was meant", async () => {
  const folder = project({ name: "acme-auth", auth: "acme" });
  const installed = await problemOf(folder, { mine: { package: "acme-auht" } });
  assert.match(installed, /the package `acme-auht` is not installed; did you mean `acme-auth`\?$/);
  const listed = await problemOf(folder, { mine: { package: "@mlflow-auth/plugin-valut" } });
  assert.match(listed, /; did you mean `@mlflow-auth\/plugin-vault` \(npm install @mlflow-auth\/plugin-vault\)\?$/);
});

test("a name of which a known plugin is a word is taken for an instance that does not say so", async () => {
  const folder = project({ name: "plugin-x", auth: "keycloak" });
  assert.match(await problemOf(folder, { keycloak_staging: {} }), /an instance of `keycloak`, say `plugin: keycloak`$/);
  const vault = /of `vault` \(not installed: npm install @mlflow-auth\/plugin-vault\), say `plugin: vault`$/;
  assert.match(await problemOf(folder, { vault_prod: {} }), vault);
});

test("where no name is close, it is said how to look for the package", async () => {
  const problem = await problemOf(project(), { something: {} });
  assert.match(problem, "install the one that does (`npm search keywords:mlflow-auth-plugin` lists what is published)");
});

const main = { [groupOf.auth]: { x: "./index.js:create_auth" } };
/** Manifests that are refused once their plugin is enabled. */
const faults: Record<string, [manifest: object, told: RegExp]> = {
  "no mlflow-auth-plugin": [{ "mlflow-auth-plugin": undefined }, /has no "mlflow-auth-plugin"/],
  "another apiVersion": [
    { "mlflow-auth-plugin": { apiVersion: 2 } },
    /version 2 .* version 1: install another version/,
  ],
  "an apiVersion that is no number": [{ "mlflow-auth-plugin": { apiVersion: "1" } }, /no known version/],
  "no apiVersion": [{ "mlflow-auth-plugin": {} }, /no known version/],
  "a configSchema that is missing": [
    { "mlflow-auth-plugin": { apiVersion: 1, configSchema: "./gone.json" } },
    /lacks the file/,
  ],
  "a configSchema that is no JSON": [
    { "mlflow-auth-plugin": { apiVersion: 1, configSchema: "./index.js" } },
    /not a JSON Schema/,
  ],
  "a configSchema outside": [
    { "mlflow-auth-plugin": { apiVersion: 1, configSchema: "../../package.json" } },
    /outside of itself/,
  ],
  "a configSchema that is a folder": [{ "mlflow-auth-plugin": { apiVersion: 1, configSchema: "." } }, /lacks the file/],
  "an entry without a factory": [{ "entry-points": { [groupOf.auth]: { x: "./index.js" } } }, /another form/],
  "an entry that is no text": [{ "entry-points": { [groupOf.auth]: { x: 7 } } }, /another form/],
  "an entry with an absolute path": [{ "entry-points": { [groupOf.auth]: { x: "/etc/x.js:f" } } }, /another form/],
  "an entry of another package": [{ "entry-points": { [groupOf.auth]: { x: "other:f" } } }, /another form/],
  "an entry that climbs out": [
    { "entry-points": { [groupOf.auth]: { x: "./../../package.json:f" } } },
    /outside of itself/,
  ],
  "an entry that is missing": [{ "entry-points": { [groupOf.auth]: { x: "./dist/gone.js:f" } } }, /lacks the module/],
};
for (const [what, [manifest, told]] of Object.entries(faults)) {
  test(`${what} is PLUGIN_MANIFEST once the plugin is enabled`, async () => {
    const folder = project(
      { ...plugin, manifest: { "entry-points": main, ...manifest } },
      { name: "plugin-y", tags: "y" },
    );
    const problem = await problemOf(folder, { x: {} });
    assert.match(problem, /^PLUGIN_MANIFEST the package plugin-x /);
    assert.match(problem, told);
    assert.is((await load(folder, { y: {}, x: { enabled: false } })).instances.length, 1);
  });
}

test("a schema that ajv can't use is PLUGIN_MANIFEST", async () => {
  const folder = project({ ...plugin, schema: { type: "nonsense" } });
  assert.match(await problemOf(folder, { x: {} }), /^PLUGIN_MANIFEST .*not a JSON Schema/);
});

test("a module or a schema that leaves its package by a symlink is refused", async () => {
  const folder = project({ ...plugin, schema: { type: "object" } });
  const outside = temporaryFolder();
  write(outside, { "index.js": "export const create_auth = () => {};", "config.schema.json": {} });
  for (const name of ["index.js", "config.schema.json"]) {
    const copy = project({ ...plugin, schema: { type: "object" } });
    rmSync(join(copy, "node_modules/plugin-x", name));
    symlinkSync(join(outside, name), join(copy, "node_modules/plugin-x", name));
    assert.match(await problemOf(copy, { x: {} }), /^PLUGIN_MANIFEST .*outside of itself/);
  }
  assert.is((await load(folder, { x: {} })).instances.length, 1);
});

test("a package that is itself a symlink may hold what lies at the link's end", async () => {
  const folder = temporaryFolder();
  const outside = temporaryFolder();
  write(folder, { "package.json": { dependencies: { "plugin-x": "1" } } });
  write(outside, pluginFiles(plugin));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(outside, join(folder, "node_modules/plugin-x"));
  const [instance] = (await load(folder, { x: {} })).instances;
  assert.is(instance?.entries[groupOf.auth]?.module, join(outside, "index.js"));
  assert.is(instance?.package.folder, join(folder, "node_modules/plugin-x"));
});

test("a dependency by a name that leads elsewhere is not looked at", async () => {
  const folder = temporaryFolder();
  write(folder, { "project/package.json": { dependencies: { "../../evil": "1", "@x/../../evil": "1" } } });
  write(join(folder, "evil"), pluginFiles(plugin));
  assert.match(await problemOf(join(folder, "project"), { x: {} }), /^PLUGIN_NOT_INSTALLED/);
});

test("a thousand dependencies cost a thousand package.json files and no module", async () => {
  const folder = temporaryFolder();
  const names = Array.from({ length: 1000 }, (_, index) => `dependency-${index}`);
  write(folder, {
    "package.json": { dependencies: Object.fromEntries([...names, "plugin-x", "gone"].map((name) => [name, "1"])) },
  });
  for (const name of names) write(join(folder, "node_modules", name), { "package.json": { name, main: "index.js" } });
  install(folder, plugin);
  const [instance] = (await load(folder, { x: {} })).instances;
  assert.is(instance?.package.name, "plugin-x");
});

test("of a package that is installed for the file and the folder where it is worked on, the installed one is used", async () => {
  const folder = project(plugin);
  const workshop = temporaryFolder();
  write(workshop, pluginFiles({ ...plugin, manifest: { version: "9.9.9" } }));
  const config = { version: 1, trackingUri: "https://mlflow.example.com", plugins: { x: {} } } as never;
  const { instances } = await loadConfig({ config, cwd: folder, env: { MLFLOW_AUTH_PLUGIN_ROOT: workshop } });
  assert.is(instances[0]?.package.version, "1.2.3");
  const alone = await loadConfig({ config, cwd: project(), env: { MLFLOW_AUTH_PLUGIN_ROOT: workshop } });
  assert.is(alone.instances[0]?.package.version, "9.9.9");
});

test.run();
