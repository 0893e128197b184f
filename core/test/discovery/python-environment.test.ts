/** Plugins that pip installed: each is a root of its own, trusted as the command beside it is. */
import { chmodSync, chownSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { coreMismatch } from "../../src/discovery/core-range.js";
import { findPlugin, readInstalled } from "../../src/discovery/find-plugin.js";
import { installCommand } from "../../src/discovery/install-command.js";
import {
  ownPythonEnvironment,
  type PythonEnvironment,
  pythonVariable,
  takePythonEnvironment,
} from "../../src/discovery/python-environment.js";
import { isMlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { install, type PluginPackage, pluginFiles, project, temporaryFolder, write } from "./plugin-packages.ts";

const test = suite("plugins of a Python environment");
const asRoot = suite("plugins of a Python environment that a group may write", { user: "root" });

const plugin: PluginPackage = { name: "@mlflow-auth/plugin-x", auth: "x" };

/** An environment with the command, and the plugin. */
function environmentWith(packages: Readonly<Record<string, PluginPackage>>): PythonEnvironment & { core: string } {
  const prefix = temporaryFolder();
  const site = join(prefix, "site-packages");
  write(site, { "mlflow_auth/_command/package.json": {}, "mlflow_auth/_command/bundle/start.js": "" });
  for (const [name, each] of Object.entries(packages)) write(join(site, name), pluginFiles(each));
  const plugins = Object.keys(packages).map((name) => join(site, name));
  return { prefix, plugins, version: "0.1.0", core: join(site, "mlflow_auth/_command/bundle/start.js") };
}

function usedIn(folder: string, { core, ...python }: PythonEnvironment & { core: string }, name = "x"): string {
  const installed = readInstalled({ folder, env: { HOME: "/nowhere" }, command: core, core, python });
  try {
    return findPlugin({ plugin: name }, installed).package.folder;
  } catch (error) {
    if (!isMlflowAuthError(error)) throw error;
    return `${error.code} ${error.message}`;
  }
}

test("the variable is taken out of the environment, and what it says is kept", () => {
  const said = { plugins: ["/a/mlflow_auth_x", "relative", 1], prefix: "/a", version: "1.2.3" };
  const env: Record<string, string | undefined> = { [pythonVariable]: JSON.stringify(said), OTHER: "1" };
  takePythonEnvironment(env);
  assert.equal(env, { OTHER: "1" });
  assert.equal(ownPythonEnvironment(), { plugins: ["/a/mlflow_auth_x"], prefix: "/a", version: "1.2.3" });
  for (const text of ["", "{", "[]", "null", '{"plugins":"/a","prefix":"/a","version":"1"}']) {
    const other: Record<string, string | undefined> = { [pythonVariable]: text };
    takePythonEnvironment(other);
    assert.equal([Object.keys(other), ownPythonEnvironment()], [[], undefined], text);
  }
});

test("each is found where it lies, beside what npm installed next to the file", () => {
  const python = environmentWith({ mlflow_auth_x: plugin });
  const folder = project({ name: "plugin-y", auth: "y" });
  assert.is(usedIn(folder, python), python.plugins[0]);
  assert.is(usedIn(folder, python, "y"), join(folder, "node_modules/plugin-y"));
});

test("of one package twice, that of the project is used, and else the first that Python has", () => {
  const python = environmentWith({ mlflow_auth_x: plugin, again: plugin });
  assert.is(usedIn(project(), python), python.plugins[0]);
  const folder = project(plugin);
  assert.is(usedIn(folder, python), join(folder, "node_modules/@mlflow-auth/plugin-x"));
});

test("nothing else around the command is looked in: what is there is Python's, or that of a project around it", () => {
  const python = environmentWith({});
  write(python.prefix, { "package.json": { dependencies: { "plugin-y": "1" } } });
  install(python.prefix, { name: "plugin-y", auth: "y" });
  assert.match(usedIn("/nowhere", python, "y"), /^PLUGIN_NOT_INSTALLED/);
});

test("its own plugins are installed, and the command is upgraded, as the environment was made; others by npm", () => {
  const command = (files: Record<string, string | object>, ...packages: string[]) => {
    const prefix = temporaryFolder();
    write(prefix, files);
    const python = { prefix, plugins: [join(prefix, "site-packages/mlflow_auth_vault")], version: "0.1.0" };
    return installCommand({ project: undefined, workspace: undefined, folders: [], python })(packages.join(" "));
  };
  const aws = "@mlflow-auth/plugin-aws";
  assert.is(command({}, aws), 'pip install "mlflow-auth[aws]"');
  assert.is(command({}, aws, "@mlflow-auth/plugin-token"), 'pip install "mlflow-auth[aws,token]"');
  assert.is(command({ "pyvenv.cfg": "home = /usr/bin\nversion = 3.11\n" }, aws), 'pip install "mlflow-auth[aws]"');
  assert.is(command({ "pyvenv.cfg": "home = /usr/bin\nuv = 0.13\n" }, aws), 'uv pip install "mlflow-auth[aws]"');
  assert.is(command({ "uv-receipt.toml": "" }, aws), 'uv tool install "mlflow-auth[aws,vault]"');
  assert.is(command({ "pipx_metadata.json": {} }, aws), "pipx inject mlflow-auth mlflow-auth-aws");
  assert.is(
    command({ "pyvenv.cfg": "uv = 0.13\nextends-environment = /x\n" }, aws),
    'uv run --with "mlflow-auth[aws]"',
  );
  const core = "@mlflow-auth/core@latest";
  assert.is(command({}, core), 'pip install --upgrade "mlflow-auth[vault]"');
  assert.is(command({ "pyvenv.cfg": "uv = 0.13\n" }, core), 'uv pip install --upgrade "mlflow-auth[vault]"');
  assert.is(command({ "uv-receipt.toml": "" }, core), "uv tool upgrade mlflow-auth");
  assert.is(command({ "pipx_metadata.json": {} }, core), "pipx upgrade --include-injected mlflow-auth");
  // One of pip's says itself how it is updated: this one lies in the project.
  assert.is(command({}, `${aws}@latest`), `npm install ${aws}@latest`);
  assert.is(command({}, "plugin-y"), "npm install plugin-y");
  assert.is(command({}, "plugin-y@latest"), "npm install plugin-y@latest");
});

const OTHER_API = { "mlflow-auth-plugin": { apiVersion: 2 } };

/** What environments are known by. */
const madeBy: Readonly<Record<string, Record<string, string | object>>> = {
  pip: {},
  "uv pip": { "pyvenv.cfg": "home = /usr/bin\nuv = 0.13\n" },
  "uv run": { "pyvenv.cfg": "uv = 0.13\nextends-environment = /x\n" },
  "uv tool": { "uv-receipt.toml": "", "pyvenv.cfg": "uv = 0.13\n" },
  pipx: { "pipx_metadata.json": {}, "pyvenv.cfg": "home = /usr/bin\n" },
};

/** With the plugin x of this project's own name, and one that somebody else has made for pip. */
function ownEnvironment(tool: string, more: Partial<PluginPackage> = {}) {
  const vault = { name: "@mlflow-auth/plugin-vault", auth: "vault", ...more };
  const python = environmentWith({ mlflow_auth_vault: vault, mlflow_auth_acme: { name: "plugin-acme", auth: "acme" } });
  write(python.prefix, madeBy[tool] as Record<string, string | object>);
  return python;
}

test("one of another version is updated with the command and all of its own plugins, whichever is the older", async () => {
  for (const [tool, expected] of [
    ["pip", 'pip install --upgrade "mlflow-auth[vault]"'],
    ["uv pip", 'uv pip install --upgrade "mlflow-auth[vault]"'],
    ["uv run", 'uv run --upgrade --with "mlflow-auth[vault]"'],
    ["uv tool", "uv tool upgrade mlflow-auth"],
    ["pipx", "pipx upgrade --include-injected mlflow-auth"],
  ] as const) {
    const { core, ...python } = ownEnvironment(tool);
    const installed = readInstalled({ folder: "/nowhere", env: {}, command: core, core, python });
    const { package: found } = findPlugin({ plugin: "vault" }, installed);
    const said = async (more: Partial<typeof found>) =>
      (await coreMismatch({ ...found, coreRange: "^9.0.0", ...more }, installed.install)) ?? "";
    assert.match(await said({}), `: update the older one, by \`${expected}\``, tool);
    const npms = await said({ repair: undefined });
    assert.match(npms, `by \`npm install @mlflow-auth/plugin-vault@latest\` or \`${expected}\``, tool);
  }
});

test("one that can't be used at all says how another version of it is had", () => {
  const of = (tool: string) => usedIn("/nowhere", ownEnvironment(tool, { manifest: OTHER_API }), "vault");
  assert.match(of("pip"), 'install another version of it (`pip install --upgrade "mlflow-auth[vault]"`), or tell');
  assert.match(of("uv tool"), "install another version of it (`uv tool upgrade mlflow-auth`), or tell");
  const python = environmentWith({ mlflow_auth_x: { ...plugin, manifest: OTHER_API } });
  assert.match(usedIn("/nowhere", python), "install another version of it, or tell its author");
});

/** As `fix-permissions` of Jupyter's images leaves an environment. */
function giveToGroup(folder: string, group: number): void {
  for (const entry of [
    { parentPath: folder, name: ".", isDirectory: () => true },
    ...readdirSync(folder, { recursive: true, withFileTypes: true }),
  ]) {
    const path = join(entry.parentPath, entry.name);
    chownSync(path, 0, group);
    chmodSync(path, entry.isDirectory() ? 0o2775 : 0o664);
  }
}

asRoot("where a group may write the command, it may write the plugins as well, folders and files", () => {
  const python = environmentWith({ mlflow_auth_x: plugin });
  const [folder = ""] = python.plugins;
  giveToGroup(folder, 100);
  assert.match(usedIn("/nowhere", python), /^PLUGIN_UNTRUSTED .*may be written by others/);
  giveToGroup(python.prefix, 100);
  assert.is(usedIn("/nowhere", python), folder);
});

asRoot("a plugin that others may write, or a group that may not write the command, is refused", () => {
  for (const path of ["index.js", "package.json", "."]) {
    const python = environmentWith({ mlflow_auth_x: plugin });
    const [folder = ""] = python.plugins;
    giveToGroup(python.prefix, 100);
    chownSync(join(folder, path), 0, 101);
    assert.match(usedIn("/nowhere", python), /^PLUGIN_UNTRUSTED .*may be written by others/, path);
    chownSync(join(folder, path), 0, 100);
    assert.is(usedIn("/nowhere", python), folder);
    chmodSync(join(folder, path), path === "." ? 0o777 : 0o666);
    assert.match(usedIn("/nowhere", python), /^PLUGIN_UNTRUSTED .*may be written by others/, path);
    chmodSync(join(folder, path), path === "." ? 0o755 : 0o644);
    chownSync(join(folder, path), 65534, 100);
    assert.match(usedIn("/nowhere", python), /^PLUGIN_UNTRUSTED .*belongs to another user/, path);
  }
});

asRoot("one that is refused says how it is installed again", () => {
  const refused = (tool: string, path: string) => {
    const python = ownEnvironment(tool);
    chmodSync(join(python.plugins[0] as string, path), 0o777);
    return usedIn("/nowhere", python, "vault");
  };
  for (const [tool, expected] of [
    ["pip", "pip install --force-reinstall --no-deps mlflow-auth-vault"],
    ["uv pip", "uv pip install --no-cache --reinstall-package mlflow-auth-vault mlflow-auth-vault"],
    ["uv tool", 'uv tool install --no-cache --reinstall-package mlflow-auth-vault "mlflow-auth[vault]"'],
    ["pipx", "pipx runpip mlflow-auth install --no-cache-dir --force-reinstall --no-deps mlflow-auth-vault"],
  ] as const) {
    for (const path of [".", "index.js"])
      assert.match(refused(tool, path), `install it again as yourself where nobody else may write (\`${expected}\`)`);
  }
  assert.match(refused("uv run", "."), "install it again as yourself where nobody else may write, or take over");
});

asRoot("in a project beside such an environment the group counts as everywhere", () => {
  const python = environmentWith({});
  giveToGroup(python.prefix, 100);
  const folder = project(plugin);
  assert.is(usedIn(folder, python), join(folder, "node_modules/@mlflow-auth/plugin-x"));
  const module = join(folder, "node_modules/@mlflow-auth/plugin-x/index.js");
  chownSync(module, 0, 100);
  chmodSync(module, 0o664);
  assert.match(usedIn(folder, python), /^PLUGIN_UNTRUSTED/);
});

test.run();
asRoot.run();
