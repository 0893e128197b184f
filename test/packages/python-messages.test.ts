/** What the command from pip says of the environment that it is in, and of its Node. */
import { chmodSync, copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { missing, nodeBinary, pythonBinary } from "../servers/tools.ts";
import { distributions } from "./python/distributions.ts";
import { emptyFolder, emptyProject, runIn, virtualEnvironment } from "./python/environment.ts";

const test = suite("the command from pip", { missing: await missing("python3.11", "node20") });
const node = { MLFLOW_AUTH_NODE: process.execPath };
let environment: string;
let alone: string;
let cwd: string;

test.before(async () => {
  cwd = emptyProject();
  const [python, links] = await Promise.all([pythonBinary("python3.11"), distributions()]);
  alone = await virtualEnvironment(python, links, ["--no-deps", "mlflow-auth"]);
  environment = await virtualEnvironment(python, links, ["--no-deps", "mlflow-auth", "mlflow-auth-vault"]);
});

test("lays out what a new plugin needs, and says how to install another of ours", async () => {
  const folder = emptyProject();
  const made = await runIn(environment, { cwd: folder, env: node }, "mlflow-auth", "create-plugin", "acme", "--js");
  assert.is(made.code, 0, made.stderr);
  assert.ok(readdirSync(folder).some((name) => name.includes("acme")));
  writeFileSync(
    join(folder, "mlflow-auth.yaml"),
    "version: 1\ntrackingUri: https://mlflow.example.com\nplugins: { aws: {} }\n",
  );
  const judged = await runIn(environment, { cwd: folder, env: node }, "mlflow-auth", "validate");
  assert.is(judged.code, 3);
  assert.match(
    judged.stdout + judged.stderr,
    'PLUGIN_NOT_INSTALLED  the plugin `aws` is not installed: pip install "mlflow-auth[aws]"',
  );
});

test("without a plugin says how to install one, and where it looked", async () => {
  const listed = await runIn(alone, { cwd, env: node }, "mlflow-auth", "plugins");
  assert.match(listed.stderr, `Try this: pip install "mlflow-auth[vault]"`);
  assert.match(listed.stderr, `Looked in: ${alone}`);
  const why = await runIn(alone, { cwd, env: node }, "mlflow-auth", "plugins", "--why", "vault");
  assert.match(why.stdout, `no plugin in ${alone}`);
});

/** A folder with an MLflow in it that asks plugins, as far as can be seen without importing it. */
function besideMlflow(...parts: string[]): string {
  const folder = emptyProject();
  mkdirSync(join(folder, "mlflow", ...parts), { recursive: true });
  return folder;
}

test("doctor() in Python says so where there is no MLflow, or one that asks no plugin, for it is old or signs by itself", async () => {
  const told = async (folder: string, env: Record<string, string> = {}) => {
    const run = ["python", "-c", "import mlflow_auth; mlflow_auth.doctor()"] as const;
    const on = { ...node, MLFLOW_TRACKING_AUTH: "mlflow-auth" };
    const { code, stdout } = await runIn(environment, { cwd: folder, env: { ...on, ...env } }, ...run);
    assert.is.not(code, 0);
    return stdout;
  };
  assert.match(
    await told(emptyProject()),
    `  FAIL  python          there is no MLflow in ${environment}\n                        Try this: pip install "mlflow>=2.9"`,
  );
  assert.match(
    await told(besideMlflow("tracking")),
    /FAIL {2}python {10}MLflow is older than 2\.9 here, .*\n.*exec --/,
  );
  assert.match(await told(besideMlflow("tracking", "request_auth")), "CONFIG_NOT_FOUND");
  const asking = besideMlflow("tracking", "request_auth");
  for (const on of ["true", "TRUE", "1"]) {
    const signs = /FAIL {2}python {10}MLFLOW_TRACKING_AWS_SIGV4 is set, .*\n.*Try this: del os\.environ/;
    assert.match(await told(asking, { MLFLOW_TRACKING_AWS_SIGV4: on }), signs);
  }
  assert.match(await told(asking, { MLFLOW_TRACKING_AWS_SIGV4: "false" }), "CONFIG_NOT_FOUND");
  const underExec = await told(emptyProject(), { _MLFLOW_AUTH_BRIDGE: "{}" });
  assert.not.match(underExec, "FAIL  python");
});

test("names the variable that is too long to start anything with, as a script, and to doctor() in a notebook", async () => {
  const folder = besideMlflow("tracking", "request_auth");
  for (const [run, before] of [
    ["from mlflow_auth.command import main; main()", "^mlflow-auth: "],
    ["import mlflow_auth; mlflow_auth.doctor()", "mlflow_auth\\.diagnosis\\.DoctorFailed: "],
  ] as const) {
    const program = `import os; os.environ.update(MLFLOW_TRACKING_AUTH="mlflow-auth", LONG_ONE="x" * 8_000_000); ${run}`;
    const { code, stderr } = await runIn(environment, { cwd: folder, env: node }, "python", "-c", program);
    assert.is.not(code, 0);
    assert.match(
      stderr,
      new RegExp(
        `${before}the environment is too long for a program that is started: .* LONG_ONE 7\\.6 MiB, .*: unset`,
        "m",
      ),
    );
  }
});

test("names the Node that it was told to run, where that can't be", async () => {
  const named = async (path: string) => {
    const { code, stderr } = await runIn(
      environment,
      { cwd, env: { MLFLOW_AUTH_NODE: path } },
      "mlflow-auth",
      "--version",
    );
    assert.is(code, 2);
    return stderr;
  };
  assert.match(
    await named("node"),
    'MLFLOW_AUTH_NODE=node is not an absolute path: MLFLOW_AUTH_NODE="$(command -v node)"',
  );
  assert.match(await named("/no/node"), "MLFLOW_AUTH_NODE=/no/node: there is no such file");
  const plain = join(emptyFolder("node"), "node");
  copyFileSync("/bin/sh", plain);
  chmodSync(plain, 0o644);
  assert.match(await named(plain), `${plain} can't be run (Permission denied): set MLFLOW_AUTH_NODE`);
  // As of another C library: what would load it is not there.
  writeFileSync(plain, "#!/no/such/loader\n", { mode: 0o755 });
  chmodSync(plain, 0o755);
  assert.match(await named(plain), `${plain} can't be run (it is built for another system): set MLFLOW_AUTH_NODE`);
  const old = nodeBinary("node20");
  assert.match(
    await named(old),
    `needs Node 22.19 or newer; this is Node 20.20.2, which MLFLOW_AUTH_NODE names: ${old}`,
  );
});

test("tells programs in Python the same, as an exception", async () => {
  const code =
    "from mlflow_auth.command import CantStart, launch\ntry: launch()\nexcept CantStart as error: print(error)";
  const { stdout } = await runIn(environment, { cwd, env: { MLFLOW_AUTH_NODE: "node" } }, "python", "-c", code);
  assert.match(stdout, /^MLFLOW_AUTH_NODE=node is not an absolute path/);
});

test.run();
