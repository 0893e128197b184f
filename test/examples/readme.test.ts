/** The README's examples, as they are typed. */
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { fencedBlocks, root, shellLines } from "../docs/markdown.ts";
import type { Project } from "../e2e/fixture/project.ts";
import { startSidecar } from "../e2e/fixture/sidecar.ts";
import { layeredEnvironment, ownNode } from "../packages/python/layered-environment.ts";
import { missing, mlflowPython } from "../servers/tools.ts";
import { type SmallStage, startSmallStage } from "./small-stage.ts";

const README = "README.md";
const lines = shellLines(README);
const [config = ""] = fencedBlocks(README, "yaml");
const [library = ""] = fencedBlocks(README, "js");
const program = (name: string) => readFileSync(`${root}examples/quickstart/${name}`, "utf8");

/** The only line that begins so. */
function lineOf(start: string): string {
  const [line = "", ...others] = lines.filter((text) => text.startsWith(start));
  assert.ok(line !== "" && others.length === 0, `the README has one line with: ${start}`);
  return line;
}

/** Runs a line as it is typed. @returns what it printed on stdout */
async function type(project: Project, line: string): Promise<string> {
  const { code, stdout, stderr } = await project.run(["sh", "-c", line]);
  assert.is(code, 0, `${line}\n${stdout}${stderr}`);
  return stdout;
}

// Asked before the first suite runs: what is awaited between two suites of a file confuses uvu.
const missingTools = { curl: await missing("curl"), mlflow: await missing("mlflow") };

const test = suite("the README");
let stage: SmallStage;
let project: Project;

test.before(async () => {
  stage = await startSmallStage();
  project = stage.createProject(config);
  project.write("app.js", program("track.mjs"));
  project.write("library.mjs", library);
});
test.after(() => stage.stop());

test("the scripts that it names exist", () => {
  const { scripts } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
  const named = lines.filter((text) => /^npm (run|test)/.test(text)).map((text) => text.replace(/^npm (run )?/, ""));
  assert.equal(named, ["build", "build:python", "demo", "test"]);
  for (const name of named) assert.ok(scripts[name], name);
});

test("its installation from a clone works", async () => {
  const home = join(project.folder, "elsewhere");
  const own = join(home, "own");
  mkdirSync(own, { recursive: true });
  symlinkSync(root, join(home, "mlflow-auth"));
  project.write("elsewhere/own/package.json", '{ "private": true }');
  project.write("elsewhere/own/mlflow-auth.yaml", config);
  await type(project, `cd ${own} && npm_config_offline=true ${lineOf("npm install")}`);
  const examined = await type(project, `cd ${own} && ${lineOf("npx mlflow-auth doctor")}`);
  assert.match(examined, "vault (@mlflow-auth/plugin-vault");
  await type(project, `cd ${own} && node --import @mlflow-auth/core/register -e 0`);
});

test("with its file the whole chain holds", async () => {
  assert.match(await type(project, lineOf("npx mlflow-auth doctor")), "All is well.");
});

test("init is there to write one, and says what it needs where nobody answers", async () => {
  assert.ok(readFileSync(root + README, "utf8").includes("`mlflow-auth init`"));
  const { code, stderr } = await project.run(["sh", "-c", "mkdir new && cd new && npx mlflow-auth init"]);
  assert.is(code, 2);
  assert.match(stderr, "--plugin NAME");
});

test("a Node program runs under register", async () => {
  assert.match(await type(project, lineOf("node --import")), "logged the run node");
});

test("the library's example reads from the server", async () => {
  assert.match(await type(project, "node library.mjs"), "quickstart");
});

test.run();

const sidecar = suite("the README's sidecar", { missing: missingTools.curl });

sidecar("curl reaches the server through the proxy", async () => {
  const stage = await startSmallStage();
  try {
    const project = stage.createProject(config);
    const [, args = ""] = /--port 5055 (.+)$/.exec(lineOf("npx mlflow-auth proxy")) ?? [];
    // On another port, for something may be listening on that one.
    const proxy = await startSidecar(project, args.split(" "));
    const answer = await type(project, lineOf("curl").replace("5055", new URL(proxy.url).port));
    assert.match(answer, '"experiments"');
    await proxy.stop();
  } finally {
    await stage.stop();
  }
});

sidecar.run();

const python = suite("the README's quick start for Python", { missing: missingTools.mlflow });

python("with pip's packages the chain holds, and a program needs one variable", async () => {
  assert.match(lineOf("pip install"), "/mlflow-auth/dist/python ");
  const stage = await startSmallStage();
  try {
    const installed = await layeredEnvironment(await mlflowPython(), ["vault"]);
    const project = stage.createProject(config, { python: installed, npm: false, env: ownNode });
    assert.match(await type(project, lineOf("mlflow-auth doctor")), "All is well.");
    project.write("train.py", program("train.py"));
    assert.match(
      await type(project, `${lineOf("export MLFLOW_TRACKING_AUTH=")}\n${lineOf("python train.py")}`),
      "logged the run python",
    );
    assert.equal(await stage.runs(), ["python"]);
  } finally {
    await stage.stop();
  }
});

python("a Python program runs under exec", async () => {
  const stage = await startSmallStage();
  try {
    const project = stage.createProject(config, { python: await mlflowPython() });
    project.write("train.py", program("train.py"));
    assert.match(await type(project, lineOf("npx mlflow-auth exec")), "logged the run python");
    // As a program that sets its tracking URI in code; the variable is not even there.
    project.write("train.py", `import mlflow\nmlflow.set_tracking_uri("${stage.uri}")\n${program("train.py")}`);
    project.write("mlflow-auth.yaml", config.replace("${MLFLOW_TRACKING_URI}", stage.uri));
    const line = `unset MLFLOW_TRACKING_URI; ${lineOf("npx mlflow-auth exec")}`;
    assert.match(await type(project, line), "logged the run python");
    assert.equal(await stage.runs(), ["python", "python"]);
  } finally {
    await stage.stop();
  }
});

python.run();
