import { randomInt, randomUUID } from "node:crypto";
import { invalid, MlflowError, notFound } from "../http/mlflow-error.js";
import { ArtifactStore } from "./artifact-store.js";
import { type Experiment, RUN_NAME_TAG, type Run } from "./entities.js";

/** Everything that one server knows, in memory, with the rules that hold whichever call asks. Nothing is ever removed but artifacts. */
export class Store {
  /** By id, deleted ones included. */
  readonly experiments = new Map<string, Experiment>();
  /** By id, deleted ones included. */
  readonly runs = new Map<string, Run>();
  readonly artifacts: ArtifactStore;

  /** @param artifactLimit bytes of one artifact */
  constructor(artifactLimit: number) {
    this.artifacts = new ArtifactStore(artifactLimit);
    this.createExperiment("Default");
  }

  /**
   * Makes an experiment with the next free id.
   *
   * @param artifactLocation a URI; by default, a folder of the server's own artifacts
   * @throws MlflowError `RESOURCE_ALREADY_EXISTS` for a name that is taken, also by a deleted experiment
   */
  createExperiment(name: string, artifactLocation?: string): Experiment {
    if (this.experimentByName(name))
      throw new MlflowError("RESOURCE_ALREADY_EXISTS", `Experiment(name=${name}) already exists.`);
    const id = String(this.experiments.size);
    const now = Date.now();
    const experiment: Experiment = {
      id,
      name,
      artifactLocation: artifactLocation || `mlflow-artifacts:/${id}`,
      stage: "active",
      created: now,
      updated: now,
      tags: new Map(),
    };
    this.experiments.set(id, experiment);
    return experiment;
  }

  /** The experiment of that name, also a deleted one. */
  experimentByName(name: string): Experiment | undefined {
    return [...this.experiments.values()].find((experiment) => experiment.name === name);
  }

  /**
   * The experiment of that id, also a deleted one.
   *
   * @throws MlflowError `INVALID_PARAMETER_VALUE` if it is not a number, `RESOURCE_DOES_NOT_EXIST`
   */
  experiment(id: string): Experiment {
    if (!/^-?\d*$/.test(id)) throw invalid(`Invalid experiment ID '${id}'. Experiment ID must be a valid integer.`);
    const experiment = this.experiments.get(id);
    if (experiment === undefined) throw notFound(`No Experiment with id=${id} exists`);
    return experiment;
  }

  /** The same. @throws MlflowError `INVALID_PARAMETER_VALUE` also for a deleted one */
  activeExperiment(id: string): Experiment {
    const experiment = this.experiment(id);
    if (experiment.stage !== "active")
      throw invalid(`The experiment ${id} must be in the 'active' state. Current state is ${experiment.stage}.`);
    return experiment;
  }

  /** Makes a run in the status RUNNING. Without a name it gets a random one. */
  createRun(experiment: Experiment, { userId, start, name }: { userId: string; start: bigint; name: string }): Run {
    const id = randomUUID().replaceAll("-", "");
    const run: Run = {
      id,
      experimentId: experiment.id,
      userId,
      artifactUri: `${experiment.artifactLocation}/${id}/artifacts`,
      name: name || randomName(),
      status: "RUNNING",
      stage: "active",
      start,
      end: undefined,
      tags: new Map(),
      params: new Map(),
      metrics: new Map(),
    };
    run.tags.set(RUN_NAME_TAG, run.name);
    this.runs.set(id, run);
    return run;
  }

  /** The run of that id, also a deleted one. @throws MlflowError `RESOURCE_DOES_NOT_EXIST` */
  run(id: string): Run {
    const run = this.runs.get(id);
    if (run === undefined) throw notFound(`Run with id=${id} not found`);
    return run;
  }

  /** The same. @throws MlflowError `INVALID_PARAMETER_VALUE` for a deleted one */
  activeRun(id: string): Run {
    const run = this.run(id);
    if (run.stage !== "active")
      throw invalid(`The run ${id} must be in the 'active' state. Current state is ${run.stage}.`);
    return run;
  }
}

const ADJECTIVES = ["brisk", "calm", "daring", "eager", "gentle", "keen", "merry", "quiet", "sunny", "vivid"];
const ANIMALS = ["badger", "crane", "finch", "heron", "lynx", "marten", "otter", "plover", "stoat", "wren"];

/** A name for a run that was given none, such as `quiet-heron-417`. */
function randomName(): string {
  const pick = (words: readonly string[]) => words[randomInt(words.length)];
  return `${pick(ADJECTIVES)}-${pick(ANIMALS)}-${randomInt(1000)}`;
}
