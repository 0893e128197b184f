import { invalid } from "../http/mlflow-error.js";
import type { Parameters } from "../http/read-body.js";
import type { Store } from "../store/store.js";
import { checkName, list, missingValue, objects, requiredText, text } from "./parameter.js";
import { addMetric, addParams, addTag, checkMetric, readMetric } from "./run-data.js";
import { runId } from "./runs.js";

/** Entries of one batch, from mlflow/utils/validation.py. */
const batchLimits = { metrics: 1000, params: 100, tags: 100 };

/**
 * `runs/log-batch`: logs metrics, parameters and tags together, all of them or none. Answers `{}`.
 *
 * @throws MlflowError `INVALID_PARAMETER_VALUE` for more than 1,000 metrics, 100 parameters or 100 tags, a parameter that comes twice
 *   or has another value already, an entry that is no good by itself, and a deleted run; `RESOURCE_DOES_NOT_EXIST` for no such run
 */
export function logBatch(store: Store, parameters: Parameters) {
  const id = runId(parameters);
  const metrics = entries(parameters, "metrics", ["key", "value", "timestamp"]).map(readMetric);
  const params = entries(parameters, "params", ["key"]).map(readPair);
  const tags = entries(parameters, "tags", ["key"]).map(readPair);
  for (const [index, metric] of metrics.entries()) checkMetric(metric, `metrics[${index}].`);
  for (const [index, [key]] of params.entries()) checkName(key, `params[${index}].key`, "Param key");
  for (const [index, [key]] of tags.entries()) checkName(key, `tags[${index}].key`, `tags[${index}].key`);
  for (const [kind, entries] of Object.entries({ metrics, params, tags })) {
    const limit = batchLimits[kind as keyof typeof batchLimits];
    if (entries.length <= limit) continue;
    const rule = `A batch logging request can contain at most ${limit} ${kind}. Got ${entries.length} ${kind}.`;
    throw invalid(`${rule} Please split up ${kind} across multiple requests and try again.`);
  }
  checkUnique(params.map(([key]) => key));
  const run = store.activeRun(id);
  const changes = addParams(run, params);
  if (changes.length > 0) {
    const shown = changes.map(
      (change) => `{'key': '${change.key}', 'old_value': '${change.old_value}', 'new_value': '${change.new_value}'}`,
    );
    throw invalid(
      `Changing param values is not allowed. Params were already logged='[${shown.join(", ")}]' for run ID='${id}'.`,
    );
  }
  for (const metric of metrics) addMetric(run, metric);
  for (const [key, value] of tags) addTag(run, key, value);
  return {};
}

function entries(parameters: Parameters, kind: string, required: readonly string[]): readonly Parameters[] {
  list(parameters, kind);
  const all = objects(parameters, kind);
  for (const [index, entry] of all.entries())
    for (const name of required) if ((entry[name] ?? "") === "") throw missingValue(`${kind}[${index}].${name}`);
  return all;
}

function readPair(parameters: Parameters): readonly [key: string, value: string] {
  return [requiredText(parameters, "key"), text(parameters, "value") ?? ""];
}

function checkUnique(keys: readonly string[]): void {
  const twice = [...new Set(keys.filter((key, index) => keys.indexOf(key) !== index))];
  if (twice.length === 0) return;
  const shown = twice.map((key) => `'${key}'`).join(", ");
  const rule = "Please ensure the request contains only one param value per param key.";
  throw invalid(`Duplicate parameter keys have been submitted: [${shown}]. ${rule}`);
}
