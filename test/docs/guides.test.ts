/** The guides as their reader follows them: their files are written, their commands run, and what they print is compared. */
import { globSync } from "node:fs";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { startSmallStage } from "../examples/small-stage.ts";
import { layeredEnvironment, ownNode } from "../packages/python/layered-environment.ts";
import { freePort } from "../servers/process/free-port.ts";
import { temporaryFolder } from "../servers/process/temporary-folder.ts";
import { missing, mlflowPython, notebooksPython } from "../servers/tools.ts";
import { type Fence, fencesOf, readMarkdown, root } from "./markdown.ts";
import { isLive, type Kind, kindOf, runGuide } from "./run-guide.ts";

// Asked before the first suite runs: what is awaited between two suites of a file confuses uvu.
const missingTools = {
  curl: await missing("curl"),
  mlflow: await missing("mlflow"),
  notebooks: await missing("mlflow", "notebooks"),
};

/** What the guides call the servers that run here, and the reader's folder. */
const SERVER = "https://mlflow.example.com";
const VAULT = "https://vault.example.com:8200";
const HOKUSAI = "https://registry.hokus.ai";
const FOLDER = "/home/you/training";
const PORT = "5055";

const guides = globSync("docs/guides/*.md", { cwd: root }).sort();
const blocksOf = (guide: string) => fencesOf(readMarkdown(guide)).filter(isLive);
/** A file alone is written for every kind. */
const runs = ({ marks }: Fence) => marks.some((mark) => /^(?:run|cell)\b/.test(mark));
const guidesOf = (kind: Kind) =>
  guides.filter((guide) => blocksOf(guide).some((block) => runs(block) && kindOf(block) === kind));

/** @param python the Python that the reader has */
async function follow(guide: string, kind: Kind, python?: string): Promise<void> {
  const stage = await startSmallStage();
  try {
    // Ray keeps to /tmp otherwise, and reports its use.
    const ray = { RAY_TMPDIR: temporaryFolder("ray").path, RAY_USAGE_STATS_ENABLED: "0" };
    const env = { ...ownNode, ...ray };
    const project = stage.createProject("version: 1\n", { python, npm: kind !== "pip", env });
    const names = [
      [SERVER, stage.uri],
      [VAULT, stage.vault.address],
      [HOKUSAI, stage.hokusai.origin],
      [FOLDER, project.folder],
      [PORT, String(await freePort())],
    ] as const;
    const admin = { VAULT_TOKEN: stage.vault.rootToken };
    assert.ok((await runGuide(guide, { project, admin, names, kind })) > 0);
  } finally {
    await stage.stop();
  }
}

const test = suite("the guides", { missing: missingTools.curl });

test("each has something to run", () => {
  assert.equal(
    guides.filter((guide) => blocksOf(guide).length === 0),
    [],
  );
});

for (const guide of guidesOf("npm")) test(guide, () => follow(guide, "npm"));

test.run();

const python = suite("the guides, where they need Python", { missing: missingTools.mlflow });

for (const guide of guidesOf("python")) {
  python(guide, async () => follow(guide, "python", await mlflowPython()));
}

python.run();

const pip = suite("the guides, where mlflow-auth is installed by pip", { missing: missingTools.notebooks });
let pipPython: string;

pip.before(async () => {
  pipPython = await layeredEnvironment(await notebooksPython(), ["vault", "aws", "azure", "token"]);
});

for (const guide of guidesOf("pip")) {
  pip(guide, () => follow(guide, "pip", pipPython));
}

pip.run();
