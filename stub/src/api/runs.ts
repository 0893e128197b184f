import { invalid, MlflowError } from "../http/mlflow-error.js";
import type { Parameters } from "../http/read-body.js";
import { runSearch } from "../search/run-search.js";
import { type LifecycleStage, RUN_NAME_TAG, runStatuses } from "../store/entities.js";
import type { Store } from "../store/store.js";
import { choice, integer, listOfTexts, missingValue, objects, text } from "./parameter.js";
import { isInView, pageOf, viewTypes } from "./search-page.js";
import { runInfoOnWire, runOnWire, unlessEmpty } from "./wire.js";

const MAX_RESULTS = 50_000n;

/** `run_uuid` is what older clients call it. */
export function runId(parameters: Parameters): string {
  const id = text(parameters, "run_id") || text(parameters, "run_uuid");
  if (!id) throw missingValue("run_id");
  return id;
}

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

export function getRun(store: Store, parameters: Parameters) {
  return { run: runOnWire(store.run(runId(parameters))) };
}

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

export function deleteRun(store: Store, parameters: Parameters) {
  return changeStage(store, parameters, "deleted");
}

export function restoreRun(store: Store, parameters: Parameters) {
  return changeStage(store, parameters, "active");
}

function changeStage(store: Store, parameters: Parameters, stage: LifecycleStage) {
  store.run(runId(parameters)).stage = stage;
  return {};
}

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
