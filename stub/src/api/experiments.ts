/**
 * The calls below `mlflow/experiments/`, as mlflow/server/handlers.py and store/tracking/sqlalchemy_store.py answer them.
 *
 * Each takes the parameters of MLflow's REST API, and gives what becomes the JSON of the answer. Each throws an MlflowError:
 * `INVALID_PARAMETER_VALUE` for a parameter that is missing, too long or of another type, `RESOURCE_DOES_NOT_EXIST` for an
 * experiment that does not exist, and what its own docstring names.
 */
import { invalid, MlflowError, notFound } from "../http/mlflow-error.js";
import type { Parameters } from "../http/read-body.js";
import { experimentSearch } from "../search/experiment-search.js";
import type { Experiment, LifecycleStage } from "../store/entities.js";
import type { Store } from "../store/store.js";
import { checkLength, choice, integer, list, listOfTexts, objects, requiredText, text } from "./parameter.js";
import { isInView, pageOf, viewTypes } from "./search-page.js";
import { experimentOnWire, unlessEmpty } from "./wire.js";

/** Characters of an experiment's name. */
const MAX_NAME = 500;
/** Experiments on one page of a search. */
const MAX_RESULTS = 50_000;

/**
 * `create`: gives `{ experiment_id }`. Without `artifact_location` the experiment's artifacts are kept by this server.
 *
 * @throws MlflowError `RESOURCE_ALREADY_EXISTS` for a name that is taken, also by a deleted experiment
 */
export function createExperiment(store: Store, parameters: Parameters) {
  const name = requiredText(parameters, "name");
  const location = text(parameters, "artifact_location");
  list(parameters, "tags");
  checkLength(name, "name", MAX_NAME);
  if (location !== undefined && /[#?;]/.test(location))
    throw invalid("'artifact_location' URL can't include fragments or params.");
  const experiment = store.createExperiment(name, location);
  for (const tag of objects(parameters, "tags"))
    experiment.tags.set(String(tag["key"] ?? ""), String(tag["value"] ?? ""));
  return { experiment_id: experiment.id };
}

/** `get`: gives `{ experiment }`, also of a deleted one. */
export function getExperiment(store: Store, parameters: Parameters) {
  return { experiment: experimentOnWire(store.experiment(requiredText(parameters, "experiment_id"))) };
}

/** `get-by-name`: gives `{ experiment }`, also of a deleted one. */
export function getExperimentByName(store: Store, parameters: Parameters) {
  const name = requiredText(parameters, "experiment_name");
  const experiment = store.experimentByName(name);
  if (experiment === undefined) throw notFound(`Could not find experiment with name '${name}'`);
  return { experiment: experimentOnWire(experiment) };
}

/**
 * `search`: gives `{ experiments, next_page_token }`, both left out where there are none.
 *
 * `max_results` must be given, from 1 to 50,000. Without `view_type` only active experiments are found.
 */
export function searchExperiments(store: Store, parameters: Parameters) {
  const size = Number(integer(parameters, "max_results") ?? 0n);
  if (size < 1)
    throw invalid(`Invalid value ${size} for parameter 'max_results' supplied. It must be a positive integer`);
  if (size > MAX_RESULTS)
    throw invalid(`Invalid value ${size} for parameter 'max_results' supplied. It must be at most ${MAX_RESULTS}`);
  const view = choice(parameters, "view_type", viewTypes) ?? "ACTIVE_ONLY";
  const search = experimentSearch(text(parameters, "filter"), listOfTexts(parameters, "order_by"));
  const found = search([...store.experiments.values()].filter(({ stage }) => isInView(stage, view)));
  const { items, next } = pageOf(found, size, text(parameters, "page_token"));
  return { experiments: unlessEmpty(items.map(experimentOnWire)), next_page_token: next };
}

/**
 * `update`: renames, and sets the time of the last update. The other fields can't be changed.
 *
 * @throws MlflowError `INVALID_STATE` for a deleted experiment, `BAD_REQUEST` for a name that another one has
 */
export function updateExperiment(store: Store, parameters: Parameters) {
  const id = requiredText(parameters, "experiment_id");
  const name = requiredText(parameters, "new_name");
  checkLength(name, "name", MAX_NAME);
  const experiment = store.experiment(id);
  if (experiment.stage !== "active") throw new MlflowError("INVALID_STATE", "Cannot rename a non-active experiment.");
  const other = store.experimentByName(name);
  if (other !== undefined && other !== experiment)
    throw new MlflowError("BAD_REQUEST", `Experiment(name=${name}) already exists.`);
  experiment.name = name;
  experiment.updated = Date.now();
  return {};
}

/** `delete`: marks the experiment and its runs as deleted, so nothing is lost. To delete it twice is `RESOURCE_DOES_NOT_EXIST`. */
export function deleteExperiment(store: Store, parameters: Parameters) {
  return changeStage(store, parameters, "deleted");
}

/** `restore`: the opposite of {@link deleteExperiment}. An active experiment is `RESOURCE_DOES_NOT_EXIST` here. */
export function restoreExperiment(store: Store, parameters: Parameters) {
  return changeStage(store, parameters, "active");
}

/** The runs change with their experiment, in both directions. */
function changeStage(store: Store, parameters: Parameters, stage: LifecycleStage) {
  const id = requiredText(parameters, "experiment_id");
  const experiment: Experiment = store.experiment(id);
  if (experiment.stage === stage) throw notFound(`No Experiment with id=${id} exists`);
  experiment.stage = stage;
  experiment.updated = Date.now();
  for (const run of store.runs.values()) if (run.experimentId === id) run.stage = stage;
  return {};
}

/**
 * `set-experiment-tag`: a deleted experiment is `INVALID_PARAMETER_VALUE`. MLflow's limits for the key (250 characters) and the
 * value (20,000) are not held here.
 */
export function setExperimentTag(store: Store, parameters: Parameters) {
  const id = requiredText(parameters, "experiment_id");
  const key = requiredText(parameters, "key");
  const value = text(parameters, "value") ?? "";
  store.activeExperiment(id).tags.set(key, value);
  return {};
}

/** `delete-experiment-tag`: a tag that is not there is `RESOURCE_DOES_NOT_EXIST`, a deleted experiment `INVALID_PARAMETER_VALUE`. */
export function deleteExperimentTag(store: Store, parameters: Parameters) {
  const id = requiredText(parameters, "experiment_id");
  const key = requiredText(parameters, "key");
  if (!store.activeExperiment(id).tags.delete(key))
    throw notFound(`No tag with name: ${key} in experiment with id ${id}`);
  return {};
}
