/** P5: how much memory `mlflow-auth proxy` takes: idle, while something large goes through it, and after a burst of requests. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { firstLine, startCommand } from "./command-process.ts";
import { type CommandProject, createCommandProject } from "./command-project.ts";
import type { Result } from "./measure.ts";
import type { Load } from "./p3-load.ts";
import { memoryOf } from "./process-usage.ts";

const GIB = 1024 ** 3;
/** Milliseconds between two looks at the memory while something goes through. */
const EVERY = 20;
/** Milliseconds that the proxy is left alone before it counts as idle. */
const CALM = 2_000;
/** The same after a burst: by then it has given back what it took (cli/src/memory.ts). */
const CALM_AFTER_BURST = 35_000;
const BURST = 100_000;

const transfers = [
  { way: "upload", bytes: 4 * GIB, what: "more at the peak of a 4 GiB upload" },
  { way: "download", bytes: GIB, what: "more at the peak of a 1 GiB download" },
] as const;

export async function p5(): Promise<Result[]> {
  const upstream = fork(path("p5-peer.ts"), ["upstream"], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  const project = await createCommandProject(await firstLine(upstream));
  try {
    const idle = await withProxy(project, async (_url, memory) => await afterCalm(memory));
    const results = [row("RSS of `mlflow-auth proxy` while nobody has asked it yet", 80, idle)];
    for (const { way, bytes, what } of transfers) {
      const { before, most } = await withProxy(project, async (url, memory) => {
        await firstRequest(url);
        const before = await afterCalm(memory);
        return { before, most: await mostDuring(fork(path("p5-peer.ts"), [way, url, String(bytes)]), memory) };
      });
      if (way === "upload")
        results.push(row("after its first request, for which Vault's plugin loads its client", undefined, before));
      results.push(row(what, 30, most - before));
    }
    const after = await withProxy(project, async (url, memory) => {
      await burst(url);
      await sleep(CALM_AFTER_BURST);
      return memory();
    });
    results.push(
      row(
        `RSS half a minute after a burst of ${BURST.toLocaleString("en")} requests, half of them POSTs of 2 kB`,
        125,
        after,
      ),
    );
    return results;
  } finally {
    upstream.kill();
    await project.remove();
  }
}

/** @param limit undefined: nothing is promised, and the row is there to be compared with the others */
function row(what: string, limit: number | undefined, mebibytes: number): Result {
  const measured = `${mebibytes.toFixed(0)} MiB`;
  if (limit === undefined) return { id: "P5", what, target: "none", measured, ratio: undefined, met: undefined };
  const ratio = mebibytes / limit;
  return { id: "P5", what, target: `at most ${limit} MiB`, measured, ratio, met: ratio <= 1 };
}

/** A fresh process each time, for memory that was once taken is given back late. */
async function withProxy<T>(
  project: CommandProject,
  use: (url: string, memory: () => number) => Promise<T>,
): Promise<T> {
  const { process, url } = await startCommand(project, ["proxy", "--port", "0"]);
  try {
    return await use(url, () => memoryOf(process.pid as number));
  } finally {
    process.kill();
  }
}

async function firstRequest(url: string): Promise<void> {
  const answer = await fetch(`${url}/0`);
  if (answer.status !== 200) throw new Error(`the first request: ${answer.status} ${await answer.text()}`);
}

async function afterCalm(memory: () => number): Promise<number> {
  await sleep(CALM);
  return memory();
}

async function mostDuring(client: ChildProcess, memory: () => number): Promise<number> {
  const ended = once(client, "exit");
  let most = 0;
  const looks = setInterval(() => {
    most = Math.max(most, memory());
  }, EVERY);
  const [code] = await ended;
  clearInterval(looks);
  if (code !== 0) throw new Error("the transfer failed");
  return most;
}

async function burst(url: string): Promise<void> {
  const load = fork(path("p3-load.ts"));
  for (const method of ["GET", "POST"] as const) {
    const done = once(load, "message");
    load.send({ url, path: "/0", method, requests: BURST / 2 } satisfies Load);
    await done;
  }
  load.kill();
}

const path = (name: string) => new URL(name, import.meta.url).pathname;
