/** What the programs in clients/ log, written down a second time so that what is read back can be checked. */

/** One run, as it was logged or as it was read back. */
export interface LoggedRun {
  readonly name: string;
  readonly status: string;
  /** The tag `mlflow.source.name`. */
  readonly source: string;
  readonly params: Readonly<Record<string, string>>;
  /** By metric all values, in the order of the steps. */
  readonly metrics: Readonly<Record<string, readonly number[]>>;
  /** Without those that MLflow's clients set by themselves. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * The runs of the whole demo, in the order in which they are logged.
 *
 * @param trainer the program that trains: `train.mjs` or `train.py`
 * @param tuned whether Python ran `tune.py` as well. Default: no
 */
export function expectedRuns(trainer: string, tuned = false): LoggedRun[] {
  const training = [0.1, 0.5].map((rate) => ({
    name: `rate-${rate}`,
    status: "FINISHED",
    source: trainer,
    params: { epochs: "5", rate: `${rate}` },
    metrics: { loss: [1, 2, 3, 4, 5].map((epoch) => 1 / (1 + rate * epoch)) },
    tags: { stage: "training" },
  }));
  const evaluations = Object.entries({ 16: 0.91, 64: 0.88 }).map(([batch, accuracy]) => ({
    name: `batch-${batch}`,
    status: "FINISHED",
    source: "track.mjs",
    params: { batch },
    metrics: { accuracy: [accuracy] },
    tags: { stage: "evaluation" },
  }));
  const tuning = {
    name: "depth-3",
    status: "FINISHED",
    source: "tune.py",
    params: { depth: "3" },
    metrics: { loss: [0.25] },
    tags: { stage: "tuning" },
  };
  return [...training, ...evaluations, ...(tuned ? [tuning] : [])];
}
