/** The guides as their reader follows them: their files are written, their commands run, and what they print is compared. */
import { globSync } from "node:fs";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { startSmallStage } from "../examples/small-stage.ts";
import { freePort } from "../servers/process/free-port.ts";
import { missing, mlflowPython } from "../servers/tools.ts";
import { fencesOf, readMarkdown, root } from "./markdown.ts";
import { isLive, needsPython, runGuide } from "./run-guide.ts";

// Asked before the first suite runs: what is awaited between two suites of a file confuses uvu.
const missingTools = { curl: await missing("curl"), mlflow: await missing("mlflow") };

/** What the guides call the servers that run here, and the reader's folder. */
const SERVER = "https://mlflow.example.com";
const VAULT = "https://vault.example.com:8200";
const HOKUSAI = "https://registry.hokus.ai";
const FOLDER = "/home/you/training";
const PORT = "5055";

const guides = globSync("docs/guides/*.md", { cwd: root }).sort();
const blocksOf = (guide: string) => fencesOf(readMarkdown(guide)).filter(isLive);

/** @param python a Python with MLflow: what needs it is run, and nothing else */
async function follow(guide: string, python?: string): Promise<void> {
  const stage = await startSmallStage();
  try {
    const project = stage.createProject("version: 1\n", python);
    const names = [
      [SERVER, stage.uri],
      [VAULT, stage.vault.address],
      [HOKUSAI, stage.hokusai.origin],
      [FOLDER, project.folder],
      [PORT, String(await freePort())],
    ] as const;
    const admin = { VAULT_TOKEN: stage.vault.rootToken };
    assert.ok((await runGuide(guide, { project, admin, names, python: python !== undefined })) > 0);
  } finally {
    await stage.stop();
  }
}

const test = suite("the guides", { missing: missingTools.curl });

for (const guide of guides) {
  test(guide, async () => {
    assert.ok(blocksOf(guide).length > 0, "it has something to run");
    await follow(guide);
  });
}

test.run();

const python = suite("the guides, where they need Python", { missing: missingTools.mlflow });

for (const guide of guides.filter((name) => blocksOf(name).some(needsPython))) {
  python(guide, async () => follow(guide, await mlflowPython()));
}

python.run();
