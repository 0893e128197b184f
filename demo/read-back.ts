/** Reads the runs back through the library, in this process. */
import { deepStrictEqual } from "node:assert/strict";
import { loadMlflowAuth, type MlflowAuth } from "@mlflow-auth/core";
import type { LoggedRun } from "./expected-runs.ts";
import type { Project } from "./project.ts";

type Pairs = readonly { readonly key: string; readonly value: string }[];

interface RunAnswer {
  readonly info: { readonly run_id: string; readonly run_name: string; readonly status: string };
  readonly data: { readonly params?: Pairs; readonly tags?: Pairs; readonly metrics?: readonly { key: string }[] };
}

/** Every run of the server, the oldest first. @throws Error for any answer of MLflow but a good one */
export async function readRuns({ folder, env }: Project): Promise<LoggedRun[]> {
  const auth = await loadMlflowAuth({ cwd: folder, env });
  try {
    const api = createApi(auth, env["MLFLOW_TRACKING_URI"] as string);
    const { experiments } = await api.post("experiments/search", { max_results: 100 });
    const experiment_ids = experiments.map(({ experiment_id }: { experiment_id: string }) => experiment_id);
    const order_by = ["attributes.start_time ASC"];
    const { runs = [] } = await api.post("runs/search", { experiment_ids, order_by, max_results: 100 });
    return await Promise.all(runs.map((run: RunAnswer) => describe(run, api)));
  } finally {
    await auth.close();
  }
}

/** Compares the runs, in any order. @throws AssertionError that shows every difference */
export function checkRuns(found: readonly LoggedRun[], expected: readonly LoggedRun[]): void {
  const sorted = (runs: readonly LoggedRun[]) => runs.toSorted((a, b) => a.name.localeCompare(b.name));
  deepStrictEqual(sorted(found), sorted(expected));
}

async function describe({ info, data }: RunAnswer, api: Api): Promise<LoggedRun> {
  const tags = fromPairs(data.tags);
  const metrics: Record<string, number[]> = {};
  for (const { key } of data.metrics ?? []) metrics[key] = await history(info.run_id, key, api);
  return {
    name: info.run_name,
    status: info.status,
    source: tags["mlflow.source.name"] ?? "",
    params: fromPairs(data.params),
    metrics,
    tags: Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith("mlflow."))),
  };
}

async function history(run_id: string, metric_key: string, api: Api): Promise<number[]> {
  const { metrics } = await api.get("metrics/get-history", { run_id, metric_key });
  const points: { step?: string | number; value: number }[] = metrics;
  return points.toSorted((a, b) => Number(a.step ?? 0) - Number(b.step ?? 0)).map(({ value }) => value);
}

function fromPairs(pairs: Pairs = []): Record<string, string> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
}

// biome-ignore lint/suspicious/noExplicitAny: the answers are as many as there are calls
type Answer = any;

interface Api {
  get(path: string, query: Record<string, string>): Promise<Answer>;
  post(path: string, body: object): Promise<Answer>;
}

function createApi({ fetch }: MlflowAuth, server: string): Api {
  async function ask(path: string, init?: RequestInit): Promise<Answer> {
    const response = await fetch(`${server}/api/2.0/mlflow/${path}`, init);
    if (!response.ok) throw new Error(`MLflow answered ${response.status} to ${path}: ${await response.text()}`);
    return await response.json();
  }
  const headers = { "Content-Type": "application/json" };
  return {
    get: (path, query) => ask(`${path}?${new URLSearchParams(query)}`),
    post: (path, body) => ask(path, { method: "POST", headers, body: JSON.stringify(body) }),
  };
}
