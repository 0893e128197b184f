import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { readManifests } from "../../src/discovery/manifests.js";
import { findRoots } from "../../src/discovery/roots.js";
import { install, type PluginPackage, pluginFiles, temporaryFolder, write } from "./plugin-packages.ts";

const test = suite("where plugins are looked for");
const plugin: PluginPackage = { name: "@team/plugin-x", auth: "x" };
const cli = {
  "package.json": { name: "mlflow-auth", dependencies: { "@mlflow-auth/core": "1" } },
  "bin/mlflow-auth.js": "",
};

interface Where {
  /** The folder of the configuration file; default one that belongs to no package. */
  folder?: string;
  /** What was started. */
  command?: string;
  core?: string;
  env?: Record<string, string>;
}

/** The folders, relative to `base`, in which the plugins were found. */
function found(
  base: string,
  { folder = temporaryFolder(), command = "/nowhere/x", core = "/nowhere/y", env = {} }: Where,
): string[] {
  return readManifests(findRoots({ folder, env, command, core })).usable.map((manifest) => {
    assert.ok(manifest.folder.startsWith(`${base}/`), manifest.folder);
    return manifest.folder.slice(base.length + 1);
  });
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

test("npm: what the project around the file depends on, in each kind of dependency", () => {
  for (const kind of ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"]) {
    const base = temporaryFolder();
    write(base, { "package.json": { [kind]: { "@team/plugin-x": "1" } }, "conf/deep/x.txt": "" });
    install(base, plugin, { name: "plugin-unlisted", auth: "unlisted" });
    assert.equal(found(base, { folder: join(base, "conf/deep") }), ["node_modules/@team/plugin-x"]);
  }
});

test("pnpm: a dependency is a symlink into the store, and its own neighbours don't count", () => {
  const base = temporaryFolder();
  write(base, { "package.json": { dependencies: { "@team/plugin-x": "1" } }, "pnpm-lock.yaml": "" });
  const store = "node_modules/.pnpm/@team+plugin-x@1.2.3/node_modules";
  write(join(base, store, "@team/plugin-x"), pluginFiles(plugin));
  write(join(base, store, "plugin-hidden"), pluginFiles({ name: "plugin-hidden", auth: "hidden" }));
  link(join("..", ".pnpm/@team+plugin-x@1.2.3/node_modules/@team/plugin-x"), join(base, "node_modules/@team/plugin-x"));
  assert.equal(found(base, { folder: base }), ["node_modules/@team/plugin-x"]);
});

test("yarn and npm workspaces: a member's dependency is hoisted to the root, and the root's own count too", () => {
  const base = temporaryFolder();
  write(base, {
    "package.json": { workspaces: ["packages/*"], devDependencies: { "plugin-root": "1" } },
    "packages/a/package.json": { dependencies: { "@team/plugin-x": "1" } },
    "packages/b/package.json": { dependencies: { "plugin-of-b": "1" } },
  });
  install(base, plugin, { name: "plugin-root", headers: "root" }, { name: "plugin-of-b", tags: "b" });
  assert.equal(found(base, { folder: join(base, "packages/a") }), [
    "node_modules/@team/plugin-x",
    "node_modules/plugin-root",
  ]);
});

test("pnpm workspaces: the root's own dependencies count for each member", () => {
  const base = temporaryFolder();
  write(base, {
    "package.json": { devDependencies: { "@team/plugin-x": "1" } },
    "pnpm-workspace.yaml": "packages: [packages/*]\n",
    "packages/a/package.json": { name: "a" },
  });
  install(base, plugin);
  assert.equal(found(base, { folder: join(base, "packages/a") }), ["node_modules/@team/plugin-x"]);
});

test("a package that is a plugin itself counts for the files in it", () => {
  const base = temporaryFolder();
  write(join(base, "mine"), pluginFiles(plugin));
  assert.equal(found(base, { folder: join(base, "mine") }), ["mine"]);
});

test("MLFLOW_AUTH_PLUGIN_ROOT names one more", () => {
  const base = temporaryFolder();
  write(base, { "opt/package.json": { dependencies: { "@team/plugin-x": "1" } }, "conf/package.json": {} });
  install(join(base, "opt"), plugin);
  const env = { MLFLOW_AUTH_PLUGIN_ROOT: join(base, "opt") };
  assert.equal(found(base, { folder: join(base, "conf"), env }), ["opt/node_modules/@team/plugin-x"]);
});

test("npx: what was asked for with -p stands beside the command", () => {
  const base = temporaryFolder();
  write(join(base, "_npx/1a2b"), { "package.json": { dependencies: { "mlflow-auth": "1", "@team/plugin-x": "1" } } });
  write(join(base, "_npx/1a2b/node_modules/mlflow-auth"), cli);
  install(join(base, "_npx/1a2b"), plugin);
  link("../mlflow-auth/bin/mlflow-auth.js", join(base, "_npx/1a2b/node_modules/.bin/mlflow-auth"));
  assert.equal(found(base, { command: join(base, "_npx/1a2b/node_modules/.bin/mlflow-auth") }), [
    "_npx/1a2b/node_modules/@team/plugin-x",
  ]);
});

test("npm --global: the folder has no package.json, so every package in it counts", () => {
  const base = temporaryFolder();
  write(join(base, "lib/node_modules/mlflow-auth"), cli);
  write(join(base, "lib/node_modules/other"), { "package.json": { name: "other" } });
  install(join(base, "lib"), plugin, { name: "plugin-y", tags: "y" });
  link("../lib/node_modules/mlflow-auth/bin/mlflow-auth.js", join(base, "bin/mlflow-auth"));
  assert.equal(found(base, { command: join(base, "bin/mlflow-auth") }), [
    "lib/node_modules/@team/plugin-x",
    "lib/node_modules/plugin-y",
  ]);
});

test("pnpm --global: the command's unresolved path leads to what stands beside it, not into the store", () => {
  const base = temporaryFolder();
  write(join(base, "global/5"), { "package.json": { dependencies: { "mlflow-auth": "1", "@team/plugin-x": "1" } } });
  write(join(base, "store/mlflow-auth"), cli);
  write(join(base, "store/plugin-x"), pluginFiles(plugin));
  link(join(base, "store/mlflow-auth"), join(base, "global/5/node_modules/mlflow-auth"));
  link(join(base, "store/plugin-x"), join(base, "global/5/node_modules/@team/plugin-x"));
  const command = join(base, "global/5/node_modules/mlflow-auth/bin/mlflow-auth.js");
  assert.equal(found(base, { command }), ["global/5/node_modules/@team/plugin-x"]);
});

test("used as a library: core's own installation counts, also from the store", () => {
  const base = temporaryFolder();
  write(base, { "package.json": { dependencies: { "@mlflow-auth/core": "1", "@team/plugin-x": "1" } } });
  install(base, plugin);
  const core = "node_modules/.pnpm/@mlflow-auth+core@1/node_modules/@mlflow-auth/core/dist/discovery/roots.js";
  write(base, { [core]: "" });
  assert.equal(found(base, { core: join(base, core) }), ["node_modules/@team/plugin-x"]);
});

test("a command that is being worked on: its package and its workspace", () => {
  const base = temporaryFolder();
  write(base, {
    "package.json": { workspaces: ["*"], devDependencies: { "plugin-y": "1" } },
    "cli/package.json": { name: "mlflow-auth", dependencies: { "@team/plugin-x": "1" } },
    "cli/bin/mlflow-auth.js": "",
  });
  install(base, plugin, { name: "plugin-y", tags: "y" });
  assert.equal(found(base, { command: join(base, "cli/bin/mlflow-auth.js") }), [
    "node_modules/@team/plugin-x",
    "node_modules/plugin-y",
  ]);
});

test("of one package in two roots the project's is taken", () => {
  const base = temporaryFolder();
  write(base, { "project/package.json": { dependencies: { "@team/plugin-x": "1" } } });
  install(join(base, "project"), plugin);
  install(join(base, "lib"), plugin);
  write(join(base, "lib/node_modules/mlflow-auth"), cli);
  const command = join(base, "lib/node_modules/mlflow-auth/bin/mlflow-auth.js");
  assert.equal(found(base, { folder: join(base, "project"), command }), ["project/node_modules/@team/plugin-x"]);
});

test("a link that leads to itself is no trouble", () => {
  const base = temporaryFolder();
  link("loop", join(base, "loop"));
  assert.equal(found(base, { command: join(base, "loop") }), []);
});

test.run();
