/**
 * Shows what the tests notice: puts the small faults of `test/mutants/lists` into the built code, one at a time, runs the test
 * files nearest to each, and lists the faults that no test noticed. Closes with `N killed, N survived, N gone`.
 *
 *   npm run test:mutants                    all of them, within 20 minutes on two cores
 *   npm run test:mutants -- renewal vault   those whose file, tests or list have one of the words in their path
 *   npm run test:mutants -- --changed       those of the packages that changed; every fifth where git can't tell
 *   npm run test:mutants -- --places        looks only whether the place of each is there
 *
 * Fails if a fault survives that is not listed as accepted, or if the place of one is gone.
 */
import { globSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { changedPaths, packageOf } from "../test/mutants/changed-packages.ts";
import { findFault } from "../test/mutants/find-fault.ts";
import type { Fault, Mutant } from "../test/mutants/mutant.ts";
import { runTest } from "../test/mutants/run-test.ts";
import { copyWorkspace, type WorkspaceCopy } from "../test/mutants/workspace-copy.ts";

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
const WORKERS = 2;
/** Where git can't tell what changed, one in so many is judged. */
const SAMPLE = 5;
/** Milliseconds that a test file may take, and so many times what it took without a fault. */
const LIMIT = { first: 180_000, least: 10_000, factor: 4 };

const flags = new Set(process.argv.slice(2).filter((argument) => argument.startsWith("--")));
const words = process.argv.slice(2).filter((argument) => !flags.has(argument));
const total = { killed: 0, survived: 0, accepted: 0, unjudged: 0, gone: 0 };
const survivors: Fault[] = [];

const faults = await chosen();
if (flags.has("--places")) {
  console.log(`${faults.length} places are there, ${total.gone} gone`);
  process.exitCode = total.gone === 0 ? 0 : 1;
} else {
  await judgeAll();
}

async function judgeAll(): Promise<void> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "mlflow-auth-mutants-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => process.exit(1));
  const copies = Array.from({ length: WORKERS }, (_, index) => copyWorkspace(root, join(folder, String(index))));
  const sound = await runSound(copies, [...new Set(faults.flatMap(({ testFiles }) => testFiles))]);
  if (sound === undefined) console.log("\nWhat fails without a fault can't notice one: first get these tests to pass.");
  else await inLanes(copies, faults, (copy, fault) => judge(copy, fault, sound));
  report(sound !== undefined);
}

/** The faults to judge; those that have no place are told at once. */
async function chosen(): Promise<Fault[]> {
  const files = globSync("test/mutants/lists/*.ts", { cwd: root }).sort();
  const lists = await Promise.all(
    files.map(async (file) => {
      const { mutants } = (await import(join(root, file))) as { mutants: readonly Mutant[] };
      return mutants.map((mutant) => ({ mutant, list: file }));
    }),
  );
  const found: (Fault & { list: string })[] = [];
  for (const { mutant, list } of lists.flat()) {
    const fault = findFault(root, mutant);
    if (typeof fault !== "string") found.push({ ...fault, list });
    else {
      total.gone++;
      console.log(`gone      ${mutant.in}: ${JSON.stringify(mutant.find)} in ${basename(list)}: ${fault}`);
    }
  }
  const paths = ({ file, testFiles, list }: Fault & { list: string }) => [file, list, ...testFiles];
  const named = (fault: Fault & { list: string }) =>
    words.length === 0 || paths(fault).some((path) => words.some((word) => path.includes(word)));
  return found.filter(named).filter(isChanged());
}

function isChanged(): (fault: Fault & { list: string }, index: number) => boolean {
  if (!flags.has("--changed")) return () => true;
  const changed = changedPaths(root);
  if (changed === undefined) {
    console.log(`git can't tell what changed: every ${SAMPLE}th fault is judged`);
    return (_, index) => index % SAMPLE === 0;
  }
  const packages = new Set(changed.map(packageOf));
  return ({ file, list }) => packages.has(packageOf(file)) || changed.includes(list);
}

/** Runs every test file as it is. @returns milliseconds and skipped tests by file; undefined if one fails */
async function runSound(
  copies: readonly WorkspaceCopy[],
  files: readonly string[],
): Promise<ReadonlyMap<string, Sound> | undefined> {
  const runs = new Map<string, Sound>();
  let failed = false;
  await inLanes(copies, files, async (copy, file) => {
    const { passed, skipped, milliseconds, output } = await runTest(copy, file, LIMIT.first);
    runs.set(file, { skipped, milliseconds });
    if (passed) return;
    failed = true;
    console.log(`FAIL      ${file}, without any fault\n${output.replace(/^/gm, "     ")}`);
  });
  return failed ? undefined : runs;
}

interface Sound {
  readonly skipped: number;
  readonly milliseconds: number;
}

async function judge(copy: WorkspaceCopy, fault: Fault, sound: ReadonlyMap<string, Sound>): Promise<void> {
  const started = performance.now();
  let restore: () => void;
  try {
    restore = copy.break(fault);
  } catch (error) {
    total.gone++;
    console.log(`gone      ${fault.file}:${fault.line}  can't be compiled with it: ${(error as Error).message}`);
    return;
  }
  let noticedBy: string | undefined;
  try {
    for (const file of fault.testFiles) {
      const limit = LIMIT.least + LIMIT.factor * (sound.get(file)?.milliseconds ?? 0);
      if ((await runTest(copy, file, limit)).passed) continue;
      noticedBy = file;
      break;
    }
  } finally {
    restore();
  }
  const fate = fateOf(fault, noticedBy, sound);
  total[fate]++;
  if (fate === "survived") survivors.push(fault);
  const stale =
    noticedBy !== undefined && fault.accepted !== undefined ? " (it is listed as accepted, but is noticed)" : "";
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const mark = fate === "survived" ? "SURVIVED" : fate;
  console.log(`${mark.padEnd(9)} ${fault.file}:${fault.line}  ${noticedBy ?? fault.why}  ${seconds} s${stale}`);
}

function fateOf(fault: Fault, noticedBy: string | undefined, sound: ReadonlyMap<string, Sound>): keyof typeof total {
  if (noticedBy !== undefined) return "killed";
  if (fault.accepted !== undefined) return "accepted";
  // With CI=true nothing is left out, so that no fault can hide behind a test that can't run.
  const skips = fault.testFiles.some((file) => (sound.get(file)?.skipped ?? 0) > 0);
  return skips && process.env["CI"] !== "true" ? "unjudged" : "survived";
}

async function inLanes<T>(
  copies: readonly WorkspaceCopy[],
  items: readonly T[],
  work: (copy: WorkspaceCopy, item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (copy: WorkspaceCopy) => {
    while (next < items.length) await work(copy, items[next++] as T);
  };
  await Promise.all(copies.map(lane));
}

function report(sound: boolean): void {
  if (survivors.length > 0) console.log("\nNo test notices:");
  for (const { file, line, find, replace, why } of survivors) {
    console.log(`  ${file}:${line}  ${why}\n    - ${find.trim()}\n    + ${replace.trim()}`);
  }
  if (total.unjudged > 0) console.log(`\n${total.unjudged} could not be judged: some of their tests can't run here`);
  const { killed, survived, accepted, gone } = total;
  const minutes = (performance.now() / 60_000).toFixed(1);
  console.log(`\nin ${minutes} minutes, with ${accepted} survivors that are accepted with a reason`);
  console.log(`${killed} killed, ${survived} survived, ${gone} gone`);
  // A change that is about no package has no faults to judge; a word that names none is a mistake.
  const judged = faults.length > 0 || words.length === 0;
  process.exitCode = sound && judged && survived === 0 && gone === 0 ? 0 : 1;
}
