/** What the server keeps. Names and rules are those of mlflow/entities. */

/** Whether it is there for users. What is deleted is kept, and can be restored. */
export type LifecycleStage = "active" | "deleted";

/** What has tags: texts by name. */
export interface Tagged {
  readonly tags: Map<string, string>;
}

/** An experiment: a name, and the runs that name its id. */
export interface Experiment extends Tagged {
  /** Digits: `0` is the experiment Default, the next one is `1`. */
  readonly id: string;
  name: string;
  /** Where new runs keep their artifacts: a URI without a slash at its end. */
  readonly artifactLocation: string;
  stage: LifecycleStage;
  /** Milliseconds since the Unix epoch. */
  readonly created: number;
  /** The same of the last change, tags not counted. */
  updated: number;
}

/** The numbers that protobuf gives the names (mlflow/protos/service.proto). */
export const runStatuses = { RUNNING: 1, SCHEDULED: 2, FINISHED: 3, FAILED: 4, KILLED: 5 } as const;
/** What a client says of its run. The server never changes it by itself. */
export type RunStatus = keyof typeof runStatuses;

/** One value of a metric. */
export interface Metric {
  readonly key: string;
  readonly value: number;
  /** Milliseconds since the Unix epoch, by the client's clock. */
  readonly timestamp: bigint;
  readonly step: bigint;
}

/** One run of a program, and all that it logged. */
export interface Run extends Tagged {
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly experimentId: string;
  /** What the client says of its user; empty if it says nothing. */
  readonly userId: string;
  /** The folder of its artifacts. */
  readonly artifactUri: string;
  name: string;
  status: RunStatus;
  stage: LifecycleStage;
  /** Milliseconds since the Unix epoch, by the client's clock. */
  readonly start: bigint;
  /** The same; undefined as long as nobody has set it. */
  end: bigint | undefined;
  readonly params: Map<string, string>;
  /** By key all values, each of them once. */
  readonly metrics: Map<string, Map<string, Metric>>;
}

/** The tag that holds the name of its run. The two always change together. */
export const RUN_NAME_TAG = "mlflow.runName";

/**
 * The value that a run shows for a metric: the one of the highest step, then the latest, then the largest, as in
 * mlflow/store/tracking/sqlalchemy_store.py. Undefined if there are no values.
 */
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
