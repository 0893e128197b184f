/** examples/quickstart as it stands: its files untouched, and the commands of its README as they are typed. */
import { cpSync, readFileSync } from "node:fs";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { fencedBlocks, root, shellLines } from "../docs/markdown.ts";
import type { Project } from "../e2e/fixture/project.ts";
import { missing, mlflowPython } from "../servers/tools.ts";
import { type SmallStage, startSmallStage } from "./small-stage.ts";

const folder = `${root}examples/quickstart`;
const readme = "examples/quickstart/README.md";
/** What needs Python, and what needs another machine's names or the network; the installation has a test of its own. */
const PYTHON = "npx mlflow-auth exec -- python train.py";
const elsewhere = (line: string) => line.startsWith("npm install") || line.startsWith("export ");

async function openExample(stage: SmallStage, python?: string): Promise<Project> {
  const project = stage.createProject(readFileSync(`${folder}/mlflow-auth.yaml`, "utf8"), { python });
  const filter = (path: string) => !path.includes("node_modules");
  cpSync(folder, project.folder, { recursive: true, filter });
  return project;
}

const run = (project: Project, line: string) => project.run(["sh", "-c", line]);

// Asked before the first suite runs: what is awaited between two suites of a file confuses uvu.
const withoutMlflow = await missing("mlflow");

const test = suite("examples/quickstart");
let stage: SmallStage;
let project: Project;

test.before(async () => {
  stage = await startSmallStage();
  project = await openExample(stage);
});
test.after(() => stage.stop());

test("its README names every command", () => {
  assert.equal(
    shellLines(readme).filter((line) => !elsewhere(line)),
    [
      "npx mlflow-auth validate",
      "npx mlflow-auth doctor",
      PYTHON,
      "node --import @mlflow-auth/core/register track.mjs",
    ],
  );
  assert.is(fencedBlocks(readme, "sh").length, 4);
});

test("it depends on the versions that are in this repository", () => {
  const versionOf = (path: string) => JSON.parse(readFileSync(`${root}${path}/package.json`, "utf8")).version;
  const { dependencies } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  assert.equal(dependencies, {
    "@mlflow-auth/core": versionOf("core"),
    "@mlflow-auth/plugin-vault": versionOf("plugins/vault"),
    "mlflow-auth": versionOf("cli"),
  });
});

test("its programs are refused by themselves", async () => {
  const { code, stderr } = await run(project, "node track.mjs");
  assert.is(code, 1);
  assert.match(stderr, "MLflow answered 401");
});

test("the commands of its README work", async () => {
  for (const line of shellLines(readme).filter((line) => !elsewhere(line) && line !== PYTHON)) {
    const { code, stdout, stderr } = await run(project, line);
    assert.is(code, 0, `${line}\n${stdout}${stderr}`);
  }
  assert.equal(await stage.runs(), ["node"]);
});

test.run();

const python = suite("examples/quickstart with Python", { missing: withoutMlflow });

python("its Python program works", async () => {
  const ownStage = await startSmallStage();
  try {
    const { code, stdout, stderr } = await run(await openExample(ownStage, await mlflowPython()), PYTHON);
    assert.is(code, 0, stdout + stderr);
    assert.equal(await ownStage.runs(), ["python"]);
  } finally {
    await ownStage.stop();
  }
});

python.run();
