/** P6: how long it takes to find the plugins among many dependencies. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readInstalled } from "@mlflow-auth/core/internal/config";
import { inTurns, percentile, type Result } from "./measure.ts";

const SIZES = [250, 500, 1000, 2000];
/** The size that the promise is about. */
const PROMISED = 1000;
const FRESH_PROCESSES = 25;

interface Project {
  readonly folder: string;
  readonly files: readonly string[];
}

/** Three rows: discovery in a warm process, in a fresh one, and how it grows with the number of dependencies. */
export async function p6(): Promise<Result[]> {
  const base = mkdtempSync(join(tmpdir(), "mlflow-auth-bench-"));
  try {
    const projects = SIZES.map((size) => createProject(join(base, String(size)), size));
    const warm = measureAll(projects);
    const promised = warm[SIZES.indexOf(PROMISED)] as Measured;
    const perPackage = warm.map(({ found }, index) => found / (SIZES[index] as number));
    const growth = (perPackage.at(-1) as number) / (perPackage[0] as number);
    const fresh = inFreshProcesses(projects[SIZES.indexOf(PROMISED)] as Project);
    return [
      row(
        `discovery with ${PROMISED} dependencies against reading and parsing their package.json files alone, p50`,
        promised,
      ),
      row(`the same as the first thing that a process does, median of ${FRESH_PROCESSES}`, fresh),
      {
        id: "P6",
        what: `discovery per dependency, with ${SIZES.at(-1)} of them against ${SIZES[0]}`,
        target: "linear: at most 1.2 times",
        measured: perPackage.map((time, index) => `${SIZES[index]}: ${microseconds(time)}`).join("; "),
        ratio: growth,
        met: growth <= 1.2,
      },
    ];
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

/** Nanoseconds. */
interface Measured {
  readonly found: number;
  readonly read: number;
}

function row(what: string, { found, read }: Measured): Result {
  const measured = `${(found / 1e6).toFixed(1)} ms against ${(read / 1e6).toFixed(1)} ms`;
  return { id: "P6", what, target: "at most 1.5 times", measured, ratio: found / read, met: found <= 1.5 * read };
}

function measureAll(projects: readonly Project[]): Measured[] {
  const ways = projects.flatMap((project, index) => [
    [`found ${index}`, () => discover(project)] as const,
    [`read ${index}`, () => readAndParse(project)] as const,
  ]);
  const samples = inTurns(Object.fromEntries(ways), [undefined], 60);
  const p50 = (name: string) => percentile(samples[name] ?? [], 0.5);
  return projects.map((_, index) => ({ found: p50(`found ${index}`), read: p50(`read ${index}`) }));
}

function inFreshProcesses({ folder }: Project): Measured {
  const samples = { found: [] as number[], read: [] as number[] };
  for (let round = 0; round < FRESH_PROCESSES; round++) {
    for (const way of ["found", "read"] as const) {
      const args = ["--import", "tsx", fileURLToPath(import.meta.url), way, folder];
      samples[way].push(Number(execFileSync(process.execPath, args, { encoding: "utf8" })));
    }
  }
  return { found: percentile(samples.found, 0.5), read: percentile(samples.read, 0.5) };
}

/** A project with `size` dependencies, like those of users: each has a package.json of a kilobyte or two. */
function createProject(folder: string, size: number): Project {
  const names = Array.from({ length: size }, (_, index) =>
    index % 4 === 0 ? `@scope-${index % 20}/package-${index}` : `package-${index}`,
  );
  const like = JSON.parse(readFileSync(new URL("../core/package.json", import.meta.url), "utf8"));
  const files = names.map((name) => {
    const place = join(folder, "node_modules", name);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "package.json"), JSON.stringify({ ...like, name }, undefined, 2));
    return join(place, "package.json");
  });
  const dependencies = Object.fromEntries(names.map((name) => [name, "1.0.0"]));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "benchmark", dependencies }));
  // The search for the workspace ends here.
  mkdirSync(join(folder, ".git"));
  return { folder, files: [join(folder, "package.json"), ...files] };
}

function discover({ folder }: Pick<Project, "folder">): unknown {
  return readInstalled({ folder, env: {}, command: join(folder, "command"), core: join(folder, "core") }).manifests;
}

function readAndParse({ files }: Pick<Project, "files">): unknown {
  return files.map((file) => JSON.parse(readFileSync(file, "utf8")));
}

function microseconds(nanoseconds: number): string {
  return `${(nanoseconds / 1000).toFixed(1)} us`;
}

/** Run in a process of its own, `p6-discovery.ts found|read FOLDER` prints nanoseconds. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [way, folder = ""] = process.argv.slice(2);
  const { dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const files = [folder, ...Object.keys(dependencies).map((name) => join(folder, "node_modules", name))];
  const project: Project = { folder, files: files.map((place) => join(place, "package.json")) };
  const start = process.hrtime.bigint();
  if (way === "found") discover(project);
  else readAndParse(project);
  console.log(Number(process.hrtime.bigint() - start));
}
