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
const MAX_RESULTS = 50_000;

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

export function getExperiment(store: Store, parameters: Parameters) {
  return { experiment: experimentOnWire(store.experiment(requiredText(parameters, "experiment_id"))) };
}

export function getExperimentByName(store: Store, parameters: Parameters) {
  const name = requiredText(parameters, "experiment_name");
  const experiment = store.experimentByName(name);
  if (experiment === undefined) throw notFound(`Could not find experiment with name '${name}'`);
  return { experiment: experimentOnWire(experiment) };
}

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

export function deleteExperiment(store: Store, parameters: Parameters) {
  return changeStage(store, parameters, "deleted");
}

export function restoreExperiment(store: Store, parameters: Parameters) {
  return changeStage(store, parameters, "active");
}

/** Its runs go with it, and come back with it. */
function changeStage(store: Store, parameters: Parameters, stage: LifecycleStage) {
  const id = requiredText(parameters, "experiment_id");
  const experiment: Experiment = store.experiment(id);
  if (experiment.stage === stage) throw notFound(`No Experiment with id=${id} exists`);
  experiment.stage = stage;
  experiment.updated = Date.now();
  for (const run of store.runs.values()) if (run.experimentId === id) run.stage = stage;
  return {};
}

export function setExperimentTag(store: Store, parameters: Parameters) {
  const id = requiredText(parameters, "experiment_id");
  const key = requiredText(parameters, "key");
  const value = text(parameters, "value") ?? "";
  store.activeExperiment(id).tags.set(key, value);
  return {};
}

export function deleteExperimentTag(store: Store, parameters: Parameters) {
  const id = requiredText(parameters, "experiment_id");
  const key = requiredText(parameters, "key");
  if (!store.activeExperiment(id).tags.delete(key))
    throw notFound(`No tag with name: ${key} in experiment with id ${id}`);
  return {};
}
