/** The jobs of the CI guide, and those that a new plugin gets, as their systems read them: a workflow with a wrong expression never starts. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { fencedBlocks, root } from "./markdown.ts";

const test = suite("jobs for CI");

const GUIDE = "docs/guides/ci.md";
const TEMPLATES = "cli/templates";

/** https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#context-availability */
const EVERYWHERE = ["github", "inputs", "vars"];
const JOB = [...EVERYWHERE, "needs", "strategy", "matrix"];
const STEP = [...JOB, "job", "runner", "env", "secrets", "steps"];
const available = {
  "a workflow's env": [...EVERYWHERE, "secrets"],
  "a job": JOB,
  "a job's env": [...JOB, "secrets"],
  "a step": STEP,
} as const;
type Place = keyof typeof available;

type Fields = Readonly<Record<string, unknown>>;
interface Workflow extends Fields {
  readonly env?: Fields;
  readonly jobs: Readonly<Record<string, Fields & { readonly env?: Fields; readonly steps: readonly Fields[] }>>;
}

/** What each expression uses that is not there where it stands. */
function unavailable({ env, jobs }: Workflow): string[] {
  return [
    ...missingAt("a workflow's env", env),
    ...Object.values(jobs).flatMap(({ env: ofJob, steps, ...job }) => [
      ...missingAt("a job's env", ofJob),
      ...missingAt("a job", job),
      ...missingAt("a step", steps),
    ]),
  ];
}

function missingAt(place: Place, value: unknown): string[] {
  const expressions = Array.from(JSON.stringify(value ?? null).matchAll(/\$\{\{(.*?)\}\}/g), ([, text = ""]) => text);
  const used = expressions.flatMap((text) => Array.from(text.matchAll(/(?<![\w.'])([a-z]+)(?=\.)/g), ([name]) => name));
  return used
    .filter((name) => !(available[place] as readonly string[]).includes(name))
    .map((name) => `${name} in ${place}`);
}

/** Each variable of a workflow's own that its steps' commands read is set for them, or by a step before. */
function assertVariablesSet({ jobs }: Workflow): void {
  for (const { steps } of Object.values(jobs)) {
    const commands = steps.map(({ run = "" }) => String(run));
    assert.ok(
      commands.some((text) => /^echo "CI_TOKEN_FILE=\$RUNNER_TEMP\/id-token" >> "\$GITHUB_ENV"$/m.test(text)),
      "the file that the plugin reads is named in a step",
    );
    assert.ok(commands.some((text) => text.includes('> "$RUNNER_TEMP/id-token"')));
  }
}

const parsed = fencedBlocks(GUIDE, "yml").map((text) => parse(text));
const workflows: Workflow[] = parsed.filter(({ jobs }) => jobs !== undefined);
const pipelines: Readonly<Record<string, Fields>>[] = parsed.filter(({ jobs }) => jobs === undefined);

test("expressions of GitHub's use what is there where they stand", () => {
  assert.is(workflows.length, 2);
  for (const workflow of workflows) assert.equal(unavailable(workflow), []);
});

test("GitHub's jobs may have a JWT, and say in which file it is", () => {
  for (const workflow of workflows) {
    assert.is((workflow["permissions"] as Fields)["id-token"], "write");
    assertVariablesSet(workflow);
  }
});

test("GitLab's jobs have an image, a JWT and commands, and no key that GitLab does not know", () => {
  assert.is(pipelines.length, 2);
  const known = ["image", "id_tokens", "variables", "cache", "script"];
  for (const job of pipelines.flatMap((pipeline) => Object.values(pipeline))) {
    assert.equal(
      Object.keys(job).filter((name) => !known.includes(name)),
      [],
    );
    const tokens = Object.values(job["id_tokens"] as Record<string, Fields>);
    assert.ok(tokens.length > 0 && tokens.every(({ aud }) => typeof aud === "string"));
    const script = job["script"] as unknown[];
    assert.ok(script.length > 0 && script.every((line) => typeof line === "string"));
    for (const value of Object.values(job["variables"] ?? {})) assert.type(value, "string");
  }
});

test("so do those of a new plugin's workflow", () => {
  const files = globSync("**/.github/workflows/*.yml", { cwd: join(root, TEMPLATES) });
  assert.ok(files.length > 0);
  for (const file of files) {
    assert.equal(unavailable(parse(readFileSync(join(root, TEMPLATES, file), "utf8"))), [], file);
  }
});

test("an expression in the wrong place is noticed", () => {
  const value = "${{ runner.temp }}/${{ secrets.NAME }}";
  const jobs = { train: { env: { A: value }, if: value, steps: [{ env: { B: value } }] } };
  assert.equal(unavailable({ env: { C: value }, jobs }), [
    "runner in a workflow's env",
    "runner in a job's env",
    "runner in a job",
    "secrets in a job",
  ]);
});

test.run();
