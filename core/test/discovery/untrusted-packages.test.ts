import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, lchownSync, rmSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { readManifests } from "../../src/discovery/manifests.js";
import { findRoots } from "../../src/discovery/roots.js";
import { searchFoldersOf } from "../../src/discovery/search-folders.js";
import { config, outcome, plugin } from "./package-outcome.js";
import { install, pluginFiles, project, temporaryFolder, write } from "./plugin-packages.ts";

const test = suite("packages of others");
const asRoot = suite("packages of others, as root", { user: "root" });
const posix = process.platform !== "win32";
const somebody = 4321;

/** A folder with a plugin that a walk to the root of the file system would come upon, and one in it that has none. */
function shared(files: Record<string, string | object> = {}): { above: string; mine: string } {
  const above = temporaryFolder();
  write(above, { "package.json": { workspaces: ["*"], dependencies: { "plugin-x": "1" } }, "pnpm-workspace.yaml": "" });
  install(above, plugin);
  write(join(above, "mine"), { "mlflow-auth.json": config, ...files });
  return { above, mine: join(above, "mine") };
}

const below: Record<string, Record<string, string | object>> = {
  "no package.json": {},
  "a package.json that depends on it": { "package.json": { dependencies: { "plugin-x": "1" } } },
};
for (const [what, files] of Object.entries(below)) {
  for (const end of [".git", "home"]) {
    test(`with ${what}, nothing above the ${end === "home" ? "home folder" : "repository"} is looked at`, async () => {
      const { mine } = shared({ ...files, ...(end === ".git" && { ".git/HEAD": "" }) });
      const env: Record<string, string> = end === "home" ? { HOME: mine } : {};
      for (const options of [{}, { configFile: "mlflow-auth.json" }, { config }]) {
        assert.match(await outcome({ cwd: mine, env, ...options }), /^PLUGIN_NOT_INSTALLED /);
      }
      const named = { ...env, MLFLOW_AUTH_CONFIG: join(mine, "mlflow-auth.json") };
      assert.match(await outcome({ cwd: temporaryFolder(), env: named }), /^PLUGIN_NOT_INSTALLED /);
    });
  }
}

test("inside a repository the project, its workspace and hoisted packages are found as before", async () => {
  const { above, mine } = shared({ "package.json": { dependencies: { "plugin-x": "1" } } });
  write(above, { ".git/HEAD": "" });
  assert.is(await outcome({ cwd: mine }), join(above, "node_modules/plugin-x"));
});

test("the running command's package has the same end", () => {
  const { mine } = shared({ ".git/HEAD": "", "bin/x.js": "" });
  const { folders } = findRoots({ folder: "/nowhere", env: {}, command: join(mine, "bin/x.js"), core: "/nowhere/y" });
  assert.equal(folders, []);
});

if (posix) {
  test("outside of a repository and home, folders count up to the first that others may write", async () => {
    const { above, mine } = shared();
    assert.is(await outcome({ cwd: mine }), join(above, "node_modules/plugin-x"));
    for (const mode of [0o757, 0o1777]) {
      chmodSync(above, mode);
      for (const options of [{}, { configFile: "mlflow-auth.json" }, { config }]) {
        assert.match(await outcome({ cwd: mine, ...options }), /^PLUGIN_NOT_INSTALLED /);
      }
      assert.equal(searchFoldersOf(mine, {}, new Set()), [mine]);
      // A home folder of `/`, as containers have it, is no end.
      assert.equal(searchFoldersOf(mine, { HOME: "/" }, new Set()), [mine]);
    }
    assert.match(await outcome({ cwd: above, config }), /^PLUGIN_NOT_INSTALLED /);
  });
}

/** What of a package is judged, relative to its folder. */
const parts = ["package.json", ".", "dist", "dist/index.js", "config.schema.json"];

function withParts(): { folder: string; found: string } {
  const entries = { "entry-points": { "mlflow.request_auth_provider": { x: "./dist/index.js:create" } } };
  const folder = project({ ...plugin, manifest: entries }, { name: "plugin-y", tags: "y" });
  const found = join(folder, "node_modules/plugin-x");
  write(found, { "dist/index.js": "" });
  return { folder, found };
}

if (posix) {
  for (const part of parts) {
    test(`a package is not used while others may write its ${part}`, async () => {
      const { folder, found } = withParts();
      const path = join(found, part);
      const { mode } = statSync(path);
      assert.is(await outcome({ cwd: folder, config }), found);
      chmodSync(path, mode | 0o002);
      const told = await outcome({ cwd: folder, config });
      assert.match(
        told,
        /^PLUGIN_UNTRUSTED .*the package plugin-x .* is not used: .* may be written by others: install it/,
      );
      assert.ok(told.includes(`${path} may be written`), told);
      const byName = { ...config, plugins: { mine: { plugin: "x", package: "plugin-x" } } };
      assert.match(await outcome({ cwd: folder, config: byName }), /^PLUGIN_UNTRUSTED /);
      const other = { ...config, plugins: { y: {}, x: { enabled: false } } };
      assert.is(await outcome({ cwd: folder, config: other }), join(folder, "node_modules/plugin-y"));
    });
  }

  test("one that is trusted takes the place of one that is not, and two are no longer ambiguous", async () => {
    const { folder, found } = withParts();
    chmodSync(found, 0o777);
    const root = temporaryFolder();
    write(root, { "package.json": { dependencies: { "plugin-x": "1" } } });
    install(root, plugin);
    const env = { MLFLOW_AUTH_PLUGIN_ROOT: root };
    assert.is(await outcome({ cwd: folder, config, env }), join(root, "node_modules/plugin-x"));
    chmodSync(join(root, "node_modules/plugin-x"), 0o777);
    assert.match(await outcome({ cwd: folder, config, env }), /^PLUGIN_UNTRUSTED /);
    write(folder, { "package.json": { dependencies: { "plugin-x": "1", "plugin-z": "1" } } });
    install(folder, { name: "plugin-z", auth: "x" });
    assert.is(await outcome({ cwd: folder, config }), join(folder, "node_modules/plugin-z"));
  });
}

if (posix) {
  for (const part of parts) {
    asRoot(`a package is not used if its ${part} belongs to another user`, async () => {
      const { folder, found } = withParts();
      chownSync(join(found, part), somebody, somebody);
      const told = await outcome({ cwd: folder, config });
      assert.ok(
        told.startsWith("PLUGIN_UNTRUSTED ") && told.includes(`${join(found, part)} belongs to another user`),
        told,
      );
    });
  }

  asRoot(
    "a package is not used if a link of another user leads to it, or a group may write it that is not private",
    async () => {
      const { folder, found } = withParts();
      const kept = temporaryFolder();
      write(kept, pluginFiles(plugin));
      rmSync(found, { recursive: true });
      symlinkSync(kept, found);
      assert.is(await outcome({ cwd: folder, config }), found);
      lchownSync(found, somebody, somebody);
      assert.match(await outcome({ cwd: folder, config }), /^PLUGIN_UNTRUSTED .*belongs to another user/);
      lchownSync(found, 0, 0);
      chownSync(kept, 0, 100);
      chmodSync(kept, 0o775);
      assert.match(await outcome({ cwd: folder, config }), /^PLUGIN_UNTRUSTED .*written by others/);
      chownSync(kept, 0, 0);
      assert.is(await outcome({ cwd: folder, config }), found);
    },
  );

  asRoot("root uses another user's project once it names that user's file, and no third user's", async () => {
    const { folder, found } = withParts();
    write(folder, { "mlflow-auth.json": config });
    execFileSync("chown", ["-R", `${somebody}:${somebody}`, folder]);
    execFileSync("chmod", ["-R", "g+w", folder]);
    const configFile = "mlflow-auth.json";
    assert.is(await outcome({ cwd: folder, configFile }), found);
    assert.is(await outcome({ cwd: "/", env: { MLFLOW_AUTH_CONFIG: join(folder, configFile) } }), found);
    assert.match(await outcome({ cwd: folder, config }), /^PLUGIN_UNTRUSTED /);
    rmSync(join(folder, ".git"), { recursive: true });
    assert.is(await outcome({ cwd: folder, configFile }), found);
    chownSync(join(found, "dist/index.js"), somebody + 1, somebody + 1);
    assert.match(await outcome({ cwd: folder, configFile }), /^PLUGIN_UNTRUSTED /);
    chownSync(join(found, "dist/index.js"), somebody, 100);
    assert.match(await outcome({ cwd: folder, configFile }), /^PLUGIN_UNTRUSTED /);
    chownSync(join(found, "dist/index.js"), somebody, somebody);
    chownSync(join(folder, configFile), 0, 0);
    assert.match(await outcome({ cwd: folder, configFile }), /^PLUGIN_UNTRUSTED |^PLUGIN_NOT_INSTALLED /);
  });

  asRoot(
    "who owns the running core is trusted with plugins; who owns the command's file or MLFLOW_AUTH_PLUGIN_ROOT is not",
    () => {
      const { folder } = withParts();
      write(folder, { "node_modules/core/index.js": "" });
      execFileSync("chown", ["-R", `${somebody}`, folder]);
      const file = join(folder, "node_modules/core/index.js");
      const usable = (options: { core: string; command: string; env?: Record<string, string> }) =>
        readManifests(findRoots({ folder: "/nowhere", env: {}, ...options })).usable.length;
      assert.is(usable({ core: file, command: "/nowhere/x" }), 2);
      assert.is(usable({ core: "/nowhere/y", command: file }), 0);
      const env = { MLFLOW_AUTH_PLUGIN_ROOT: folder };
      assert.is(usable({ core: "/nowhere/y", command: "/nowhere/x", env }), 0);
    },
  );
}

if (posix) {
  test("a member of a workspace is not used below a folder that others may write, though its packages lie above", async () => {
    const base = temporaryFolder();
    write(base, { ".git/HEAD": "", "package.json": { workspaces: ["shared/*"] } });
    write(join(base, "shared/mine"), { "package.json": { dependencies: { "plugin-x": "1" } } });
    install(base, plugin);
    assert.is(await outcome({ cwd: join(base, "shared/mine"), config }), join(base, "node_modules/plugin-x"));
    chmodSync(join(base, "shared"), 0o777);
    assert.match(
      await outcome({ cwd: join(base, "shared/mine"), config }),
      /^PLUGIN_UNTRUSTED .*shared may be written/,
    );
  });

  test("a package is not used while a link in it leads into a folder that others may write", async () => {
    const { folder, found } = withParts();
    const elsewhere = temporaryFolder();
    write(elsewhere, { "open/x.js": "" });
    symlinkSync(join(elsewhere, "open/x.js"), join(found, "dist/x.js"));
    assert.is(await outcome({ cwd: folder, config }), found);
    chmodSync(join(elsewhere, "open"), 0o777);
    assert.match(await outcome({ cwd: folder, config }), /^PLUGIN_UNTRUSTED .*open may be written/);
  });

  test("a package is not used while others may write a folder of the store that it is linked from", async () => {
    const folder = temporaryFolder();
    write(folder, { ".git/HEAD": "", "package.json": { dependencies: { "plugin-x": "1" } } });
    write(join(folder, "node_modules/.pnpm/x/node_modules/plugin-x"), pluginFiles(plugin));
    symlinkSync(".pnpm/x/node_modules/plugin-x", join(folder, "node_modules/plugin-x"));
    assert.is(await outcome({ cwd: folder, config }), join(folder, "node_modules/plugin-x"));
    chmodSync(join(folder, "node_modules/.pnpm"), 0o777);
    assert.match(await outcome({ cwd: folder, config }), /^PLUGIN_UNTRUSTED .*\.pnpm may be written/);
  });
}

if (posix) {
  asRoot(
    "in the installation of the running core, who may write around the core may write around a plugin, too",
    () => {
      const base = temporaryFolder();
      write(base, { "lib/node_modules/mlflow-auth/bundle/main.js": "" });
      install(join(base, "lib"), plugin);
      const core = join(base, "lib/node_modules/mlflow-auth/bundle/main.js");
      const used = (command: string, folder = "/nowhere") =>
        readManifests(findRoots({ folder, env: {}, command, core })).usable.length;
      assert.is(used(core), 1);
      // As Homebrew has it, with a group of administrators.
      for (const folder of ["lib", "lib/node_modules"]) {
        chownSync(join(base, folder), 0, 80);
        chmodSync(join(base, folder), 0o775);
      }
      assert.is(used(core), 1);
      // Not so in a project, nor for another group or everybody.
      write(join(base, "lib"), { "package.json": { dependencies: { "plugin-x": "1" } }, ".git/HEAD": "" });
      assert.is(used(core, join(base, "lib")), 0);
      chownSync(join(base, "lib/node_modules/plugin-x"), 0, 81);
      chmodSync(join(base, "lib/node_modules/plugin-x"), 0o775);
      assert.is(used(core), 0);
      chmodSync(join(base, "lib/node_modules/plugin-x"), 0o755);
      chmodSync(join(base, "lib/node_modules"), 0o777);
      assert.is(used(core), 0);
    },
  );
}

test.run();
asRoot.run();
