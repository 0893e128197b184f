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

export function kindOf({ marks }: Pick<Fence, "marks">): Kind {
  if (marks.includes("pip") || marks.some((mark) => /^cell\b/.test(mark))) return "pip";
  return marks.includes("python") ? "python" : "npm";
}

const RUN_CELL = fileURLToPath(new URL("run-cell.py", import.meta.url));

/** Seconds for one block. */
const LONGEST = 120;

/** @returns how many blocks were run */
export async function runGuide(file: string, stage: GuideStage): Promise<number> {
  const { project, admin, names, kind } = stage;
  let printed = "";
  let runs = 0;
  for (const { marks, text, line } of fencesOf(readMarkdown(file))) {
    const where = `${file}:${line}`;
    const [name] = marks.flatMap((mark) => /^file=(.+)$/.exec(mark)?.[1] ?? []);
    const [run] = marks.flatMap((mark) => /^run(?:=(\d+))?$/.exec(mark) ?? []);
    if (name !== undefined) project.write(name, toHere(text));
    if (kindOf({ marks }) !== kind) continue;
    const [cell] = marks.flatMap((mark) => /^cell(?:=(.+))?$/.exec(mark) ?? []);
    if (cell !== undefined) await printsOf(["python", RUN_CELL, toHere(text), cell.split("=")[1] ?? "python3"]);
    if (run !== undefined) {
      if (marks.includes("fileless")) rmSync(join(project.folder, "mlflow-auth.yaml"), { force: true });
      const wanted = Number(run.split("=")[1] ?? 0);
      await printsOf(["sh", "-ec", toHere(text)], wanted, marks.includes("admin") ? admin : {});
    }
    if (marks.includes("output")) checkOutput(text, printed, where);

    async function printsOf(command: readonly string[], wanted = 0, env = {}): Promise<void> {
      const { code, stdout, stderr } = await project.run(command, { env, timeout: LONGEST });
      assert.is(code, wanted, `${where}\n${text}\n${stdout}${stderr}`);
      printed = toGuide(stdout + stderr);
      runs++;
    }
  }
  return runs;

  function toHere(text: string): string {
    return names.reduce((changed, [inGuide, here]) => changed.replaceAll(inGuide, here), text);
  }
  function toGuide(text: string): string {
    return names.reduce((changed, [inGuide, here]) => changed.replaceAll(here, inGuide), text);
  }
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
