/**
 * P3: `mlflow-auth proxy` beside other proxies that add one header: requests per second of CPU time, and the rate. The wall rate
 * swings with what else the machine does; the CPU time of the process under test hardly does, so the targets are about that.
 */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "@mlflow-auth/test/servers/process/free-port";
import { missing, systemBinary } from "@mlflow-auth/test/servers/tools";
import { firstLine, startCommand } from "./command-process.ts";
import { createCommandProject } from "./command-project.ts";
import { percentile, type Result, whole } from "./measure.ts";
import type { Load } from "./p3-load.ts";
import { cpuOf } from "./process-usage.ts";

/** Each contender is measured once a round, after rounds that are thrown away. */
const ROUNDS = 7;
const WARM_UP = 2;
const PATH = "/api/2.0/mlflow/runs/get?run_id=1";
/** In a round. About a second of CPU time, of which Linux counts hundredths. */
const REQUESTS = 10_000;

/** The names of the others, each with the ratio that is promised; nothing is about nginx that keeps its connections, which must be asked to. */
const targets: Readonly<Record<string, number | undefined>> = {
  "fast-proxy": 1.25,
  "@fastify/http-proxy": 1.9,
  nginx: 0.38,
  "nginx that keeps its connections to the upstream": undefined,
};

interface Contender {
  readonly name: string;
  readonly url: string;
  readonly process: ChildProcess;
}

/** Of one contender, a value for each round. */
interface Samples {
  /** Requests per second of its CPU time. */
  readonly perCpu: number[];
  /** Requests per second. */
  readonly rate: number[];
}

export async function p3(): Promise<Result[]> {
  const upstream = forked("upstream.ts");
  const origin = await firstLine(upstream);
  const project = await createCommandProject(origin);
  const folder = mkdtempSync(join(tmpdir(), "mlflow-auth-bench-nginx-"));
  const load = fork(path("p3-load.ts"), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const contenders: Contender[] = [];
  try {
    contenders.push({ name: "mlflow-auth", ...(await startCommand(project, ["proxy", "--port", "0"])) });
    for (const [name, kind] of [
      ["fast-proxy", "fast-proxy"],
      ["@fastify/http-proxy", "fastify"],
    ] as const) {
      const child = forked("p3-contender.ts", kind, origin);
      contenders.push({ name, url: await firstLine(child), process: child });
    }
    if ((await missing("nginx")) === undefined) {
      contenders.push(await startNginx("nginx", folder, upstreamOf(origin)));
      const name = "nginx that keeps its connections to the upstream";
      contenders.push(await startNginx(name, join(folder, "keeping"), keepingUpstreamOf(origin)));
    }
    const results: Result[] = [];
    for (const method of ["GET", "POST"] as const) {
      results.push(...compared(await measure(contenders, load, method), method));
    }
    return results;
  } finally {
    for (const { process } of contenders) process.kill();
    load.kill();
    upstream.kill();
    await project.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(contenders: readonly Contender[], load: ChildProcess, method: Load["method"]) {
  const samples = new Map<string, Samples>(contenders.map(({ name }) => [name, { perCpu: [], rate: [] }]));
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const { name, url, process } of contenders) {
      const before = cpuOf(process.pid as number);
      const done = once(load, "message");
      load.send({ url, path: PATH, method, requests: REQUESTS } satisfies Load);
      const [seconds] = (await done) as [number];
      const used = cpuOf(process.pid as number) - before;
      if (round < 0) continue;
      samples.get(name)?.perCpu.push(REQUESTS / used);
      samples.get(name)?.rate.push(REQUESTS / seconds);
    }
  }
  return samples;
}

function compared(samples: ReadonlyMap<string, Samples>, method: Load["method"]): Result[] {
  const ours = samples.get("mlflow-auth") as Samples;
  const median = (values: readonly number[]) => percentile(values, 0.5);
  return Object.entries(targets).map(([name, target]) => {
    const theirs = samples.get(name);
    const row = {
      id: "P3",
      what: `${method === "GET" ? "GET" : "POST of 2 kB"} through \`mlflow-auth proxy\` against ${name}: requests per second of CPU time (and per second), 50 at a time, median of ${ROUNDS} rounds`,
      target: target === undefined ? "none" : `at least ${target}`,
    };
    if (theirs === undefined) return { ...row, measured: "nginx is missing here", ratio: undefined, met: undefined };
    const [own, other] = [median(ours.perCpu), median(theirs.perCpu)];
    const rates = `${whole(median(ours.rate))} against ${whole(median(theirs.rate))}`;
    const ratio = own / other;
    const met = target === undefined ? undefined : ratio >= target;
    return { ...row, measured: `${whole(own)} against ${whole(other)} (${rates})`, ratio, met };
  });
}

interface NginxUpstream {
  /** What stands beside `server`. */
  readonly beside: string;
  /** What stands in the location, with `proxy_pass`. */
  readonly location: string;
}

/** As people write it: a new connection for each request. */
const upstreamOf = (origin: string): NginxUpstream => ({ beside: "", location: `proxy_pass ${origin};` });

const keepingUpstreamOf = (origin: string): NginxUpstream => ({
  beside: `upstream mlflow { server ${new URL(origin).host}; keepalive 64; }`,
  location: 'proxy_pass http://mlflow; proxy_http_version 1.1; proxy_set_header Connection "";',
});

/** One worker, as all others are one process. */
async function startNginx(name: string, folder: string, upstream: NginxUpstream): Promise<Contender> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const config = join(folder, "nginx.conf");
  writeFileSync(
    config,
    `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 1000000;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  ${upstream.beside}
  server {
    listen 127.0.0.1:${port};
    location / {
      ${upstream.location}
      proxy_set_header Authorization "Bearer ${"t".repeat(40)}";
    }
  }
}
`,
  );
  const child = spawn(systemBinary("nginx"), ["-p", folder, "-c", config, "-e", join(folder, "error.log")], {
    stdio: "ignore",
  });
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; ; attempt++) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return { name, url, process: child };
    if (attempt === 100) throw new Error("nginx does not answer");
    await sleep(50);
  }
}

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

function forked(name: string, ...args: readonly string[]): ChildProcess {
  return fork(path(name), args, { stdio: ["ignore", "pipe", "inherit", "ipc"] });
}
