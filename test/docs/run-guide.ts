/**
 * Runs a guide as its reader would. The words behind the language of a fenced block say how:
 *
 *     ```yaml file=NAME    is written into the project; so is any other language
 *     ```sh run            is run in the project and must succeed; `run=3`: must exit with 3; `admin`: as Vault's administrator
 *     ```sh run fileless    the same, in the project without mlflow-auth.yaml
 *     ```sh run python      the same, where Python has MLflow
 *     ```sh run pip         the same, in a project without npm, whose Python has mlflow-auth by pip
 *     ```python cell        is run as a cell of a notebook there, in a kernel of its own; `cell=NAME`: in the kernel of that name
 *     ```text output       each line must be in what the last block printed, in this order; `…` at its end stands for more
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import type { Project } from "../e2e/fixture/project.ts";
import { type Fence, fencesOf, readMarkdown } from "./markdown.ts";

export interface GuideStage {
  readonly project: Project;
  /** What the administrator's commands get beside the project's own variables. */
  readonly admin: Readonly<Record<string, string>>;
  /** What is run; no other block is. */
  readonly kind: Kind;
  /** What stands in the guide for what is here: first as the guide has it, then as it is here. */
  readonly names: readonly (readonly [inGuide: string, here: string])[];
}

/** What a block needs: npm's packages, a Python with MLflow beside them, or a Python that has it all by pip. */
export type Kind = "npm" | "python" | "pip";

/** Whether a block does anything when its guide is run. */
export function isLive({ marks }: Fence): boolean {
  return marks.some((mark) => /^(?:run|cell|output|file)\b/.test(mark));
}

export function kindOf(fence: Fence): Kind {
  if (fence.marks.includes("pip") || markOf(fence, "cell") !== undefined) return "pip";
  return fence.marks.includes("python") ? "python" : "npm";
}

const RUN_CELL = fileURLToPath(new URL("run-cell.py", import.meta.url));

/** Seconds for one block. */
const LONGEST = 120;

/** @returns how many blocks were run */
export async function runGuide(file: string, stage: GuideStage): Promise<number> {
  const { project, admin, names, kind } = stage;
  /** What the last block printed; undefined if that was one of another kind. */
  let printed: string | undefined;
  let runs = 0;
  for (const fence of fencesOf(readMarkdown(file))) {
    const { marks, text, line } = fence;
    const where = `${file}:${line}`;
    const name = markOf(fence, "file");
    if (name !== undefined) project.write(name, toHere(text));
    const command = commandOf(fence, toHere(text));
    if (command !== undefined && kindOf(fence) !== kind) printed = undefined;
    else if (command !== undefined) {
      if (marks.includes("fileless")) rmSync(join(project.folder, "mlflow-auth.yaml"), { force: true });
      const env = marks.includes("admin") ? admin : {};
      const { code, stdout, stderr } = await project.run(command, { env, timeout: LONGEST });
      assert.is(code, Number(markOf(fence, "run") || 0), `${where}\n${text}\n${stdout}${stderr}`);
      printed = toGuide(stdout + stderr);
      runs++;
    }
    if (marks.includes("output") && printed !== undefined) checkOutput(text, printed, where);
  }
  return runs;

  function toHere(text: string): string {
    return names.reduce((changed, [inGuide, here]) => changed.replaceAll(inGuide, here), text);
  }
  function toGuide(text: string): string {
    return names.reduce((changed, [inGuide, here]) => changed.replaceAll(here, inGuide), text);
  }
}

/** What stands behind `=` in a mark; "" where the mark stands alone, undefined where it is not there. */
function markOf({ marks }: Fence, name: string): string | undefined {
  const [mark] = marks.filter((word) => word === name || word.startsWith(`${name}=`));
  return mark?.slice(name.length + 1);
}

/** How a block is run; undefined if it is not. */
function commandOf(fence: Fence, text: string): string[] | undefined {
  if (markOf(fence, "run") !== undefined) return ["sh", "-ec", text];
  const kernel = markOf(fence, "cell");
  return kernel === undefined ? undefined : ["python", RUN_CELL, text, kernel || "python3"];
}

/** Spaces at the ends do not count. */
function checkOutput(expected: string, printed: string, where: string): void {
  let rest = printed;
  for (const line of expected.split("\n")) {
    const wanted = line.replace(/…$/, "").trim();
    if (wanted === "") continue;
    const at = rest.indexOf(wanted);
    assert.ok(at !== -1, `${where}: nothing (more) printed has this line: ${wanted}\n${printed}`);
    rest = rest.slice(at + wanted.length);
  }
}
