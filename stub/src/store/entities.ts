export type LifecycleStage = "active" | "deleted";

export interface Tagged {
  readonly tags: Map<string, string>;
}

export interface Experiment extends Tagged {
  readonly id: string;
  name: string;
  readonly artifactLocation: string;
  stage: LifecycleStage;
  /** Milliseconds since the Unix epoch. */
  readonly created: number;
  updated: number;
}

export const runStatuses = { RUNNING: 1, SCHEDULED: 2, FINISHED: 3, FAILED: 4, KILLED: 5 } as const;
export type RunStatus = keyof typeof runStatuses;

export interface Metric {
  readonly key: string;
  readonly value: number;
  /** Milliseconds since the Unix epoch, by the client's clock. */
  readonly timestamp: bigint;
  readonly step: bigint;
}

export interface Run extends Tagged {
  readonly id: string;
  readonly experimentId: string;
  readonly userId: string;
  readonly artifactUri: string;
  name: string;
  status: RunStatus;
  stage: LifecycleStage;
  /** Milliseconds since the Unix epoch, by the client's clock. */
  readonly start: bigint;
  end: bigint | undefined;
  readonly params: Map<string, string>;
  /** All values by key, each of them once. */
  readonly metrics: Map<string, Map<string, Metric>>;
}

/** The run's name is also a tag. */
export const RUN_NAME_TAG = "mlflow.runName";

/** The value that a run shows for a metric: the one of the highest step, then the latest, then the largest. */
export function latest(metrics: ReadonlyMap<string, Metric>): Metric | undefined {
  return [...metrics.values()].reduce<Metric | undefined>(
    (best, metric) => (best === undefined || !isBefore(metric, best) ? metric : best),
    undefined,
  );
}

function isBefore(a: Metric, b: Metric): boolean {
  if (a.step !== b.step) return a.step < b.step;
  if (a.timestamp !== b.timestamp) return a.timestamp < b.timestamp;
  return a.value < b.value;
}
