/**
 * The calls below `mlflow/runs/` that are about a run as a whole, as mlflow/server/handlers.py answers them. What a run holds is
 * logged in run-data.ts.
 *
 * Each takes the parameters of MLflow's REST API, and gives what becomes the JSON of the answer. Each throws an MlflowError:
 * `INVALID_PARAMETER_VALUE` for a parameter that is missing or of another type, `RESOURCE_DOES_NOT_EXIST` for a run that does
 * not exist, and what its own docstring names. Times are milliseconds since the Unix epoch.
 */
import { invalid, MlflowError } from "../http/mlflow-error.js";
import type { Parameters } from "../http/read-body.js";
import { runSearch } from "../search/run-search.js";
import { type LifecycleStage, RUN_NAME_TAG, runStatuses } from "../store/entities.js";
import type { Store } from "../store/store.js";
import { choice, integer, listOfTexts, missingValue, objects, text } from "./parameter.js";
import { isInView, pageOf, viewTypes } from "./search-page.js";
import { runInfoOnWire, runOnWire, unlessEmpty } from "./wire.js";

/** Runs on one page of a search. */
const MAX_RESULTS = 50_000n;

/**
 * The id of the run that a call is about: `run_id`, or `run_uuid`, which is the name that older clients give it.
 *
 * @throws MlflowError `INVALID_PARAMETER_VALUE` if neither is there
 */
export function runId(parameters: Parameters): string {
  const id = text(parameters, "run_id") || text(parameters, "run_uuid");
  if (!id) throw missingValue("run_id");
  return id;
}

/**
 * `create`: gives `{ run }`, in the status RUNNING. Without a name, in `run_name` or in the tag `mlflow.runName`, it gets a random one.
 * `start_time` is 0 by default, as MLflow has it.
 *
 * @throws MlflowError `BAD_REQUEST` without `experiment_id`, `RESOURCE_DOES_NOT_EXIST` if there is no such experiment,
 *   `INVALID_PARAMETER_VALUE` if it is deleted, or if the two names differ
 */
export function createRun(store: Store, parameters: Parameters) {
  const experimentId = text(parameters, "experiment_id") ?? "";
  const start = integer(parameters, "start_time") ?? 0n;
  const name = text(parameters, "run_name") ?? "";
  const tags = new Map(
    objects(parameters, "tags").map((tag) => [String(tag["key"] ?? ""), String(tag["value"] ?? "")]),
  );
  if (experimentId === "") throw new MlflowError("BAD_REQUEST", "A run needs an experiment_id.");
  const experiment = store.activeExperiment(experimentId);
  const tagged = tags.get(RUN_NAME_TAG) ?? "";
  if (name && tagged && name !== tagged) {
    const both = `(run_name='${name}', ${RUN_NAME_TAG}='${tagged}')`;
    throw invalid(
      `Both 'run_name' argument and '${RUN_NAME_TAG}' tag are specified, but with different values ${both}.`,
    );
  }
  const userId = text(parameters, "user_id") ?? "";
  const run = store.createRun(experiment, { userId, start, name: name || tagged });
  for (const [key, value] of tags) if (key !== RUN_NAME_TAG) run.tags.set(key, value);
  const { info, data, inputs } = runOnWire(run);
  return { run: { info, data, inputs } };
}

/** `get`: gives `{ run }` with its data, also of a deleted one. */
export function getRun(store: Store, parameters: Parameters) {
  return { run: runOnWire(store.run(runId(parameters))) };
}

/**
 * `update`: sets `status`, `end_time` and `run_name`, each where it is given, and gives `{ run_info }`. A status that MLflow does not
 * know counts as not given; a deleted run is `INVALID_PARAMETER_VALUE`.
 */
export function updateRun(store: Store, parameters: Parameters) {
  const id = runId(parameters);
  const end = integer(parameters, "end_time");
  const name = text(parameters, "run_name");
  const status = choice(parameters, "status", runStatuses);
  const run = store.activeRun(id);
  run.status = status ?? run.status;
  run.end = end ?? run.end;
  if (name) {
    run.name = name;
    run.tags.set(RUN_NAME_TAG, name);
  }
  return { run_info: runInfoOnWire(run) };
}

/** `delete`: marks the run as deleted, so nothing is lost. To delete it twice is no error. */
export function deleteRun(store: Store, parameters: Parameters) {
  return changeStage(store, parameters, "deleted");
}

/** `restore`: the opposite of {@link deleteRun}. */
export function restoreRun(store: Store, parameters: Parameters) {
  return changeStage(store, parameters, "active");
}

function changeStage(store: Store, parameters: Parameters, stage: LifecycleStage) {
  store.run(runId(parameters)).stage = stage;
  return {};
}

/**
 * `search`: gives `{ runs, next_page_token }`, both left out where there are none.
 *
 * `max_results` is 1 to 50,000, by default 1,000. Without `run_view_type` only active runs are found. Of `experiment_ids`, those that
 * do not exist find nothing. What `filter` and `order_by` may say: search/run-search.ts.
 */
export function searchRuns(store: Store, parameters: Parameters) {
  const experimentIds = listOfTexts(parameters, "experiment_ids");
  const filter = text(parameters, "filter");
  const size = integer(parameters, "max_results") ?? 1000n;
  if (size > MAX_RESULTS)
    throw invalid(`Invalid value ${size} for parameter 'max_results' supplied: at most ${MAX_RESULTS}.`);
  const orderBy = listOfTexts(parameters, "order_by");
  if (size < 1n)
    throw invalid(`Invalid value ${size} for parameter 'max_results' supplied. It must be a positive integer`);
  const view = choice(parameters, "run_view_type", viewTypes) ?? "ACTIVE_ONLY";
  const search = runSearch(filter, orderBy);
  const candidates = [...store.runs.values()].filter(
    (run) => experimentIds.includes(run.experimentId) && isInView(run.stage, view),
  );
  const { items, next } = pageOf(search(candidates), Number(size), text(parameters, "page_token"));
  return { runs: unlessEmpty(items.map(runOnWire)), next_page_token: next };
}
