/**
 * What a run holds, logged entry by entry and read back: metrics, parameters, tags. These are calls below `mlflow/runs/` and
 * `mlflow/metrics/`, as mlflow/server/handlers.py answers them; the limits are those of mlflow/utils/validation.py.
 *
 * The calls that log answer `{}`. Each throws an MlflowError: `INVALID_PARAMETER_VALUE` for a parameter that is missing, of another
 * type or badly named, and for a deleted run; `RESOURCE_DOES_NOT_EXIST` for a run that does not exist.
 */
import { invalid, notFound } from "../http/mlflow-error.js";
import type { Parameters } from "../http/read-body.js";
import { type Metric, RUN_NAME_TAG, type Run } from "../store/entities.js";
import type { Store } from "../store/store.js";
import { checkName, integer, requiredFloat, requiredInteger, requiredText, text } from "./parameter.js";
import { runId } from "./runs.js";
import { pageOf } from "./search-page.js";
import { metricOnWire, unlessEmpty } from "./wire.js";

/** Characters. What is longer is cut, without an error. */
const MAX_PARAM_VALUE = 6000;
const MAX_TAG_VALUE = 8000;

/** `log-metric`: adds a value to the history of a metric. `timestamp` is in milliseconds; `step` is 0 by default. */
export function logMetric(store: Store, parameters: Parameters) {
  const id = runId(parameters);
  const metric = readMetric(parameters);
  checkMetric(metric, "");
  addMetric(store.activeRun(id), metric);
  return {};
}

/**
 * A metric as a call or an entry of a batch brings it.
 *
 * @throws MlflowError `INVALID_PARAMETER_VALUE` if key, value or timestamp is missing, or of another type
 */
export function readMetric(parameters: Parameters): Metric {
  return {
    key: requiredText(parameters, "key"),
    value: requiredFloat(parameters, "value"),
    timestamp: requiredInteger(parameters, "timestamp"),
    step: integer(parameters, "step") ?? 0n,
  };
}

/**
 * @param place what stands before a parameter's name in messages: `metrics[3].` in a batch
 * @throws MlflowError `INVALID_PARAMETER_VALUE` for a name that {@link checkName} refuses, or a time before 1970
 */
export function checkMetric({ key, timestamp }: Metric, place: string): void {
  checkName(key, `${place}name`, "Metric name");
  if (timestamp < 0n)
    throw invalid(`Invalid value ${timestamp} for parameter '${place}timestamp' supplied: it is negative.`);
}

/** Adds a value to the history. The same value, with the same time and step, is kept once. */
export function addMetric(run: Run, metric: Metric): void {
  const { key, value, timestamp, step } = metric;
  const values = run.metrics.get(key) ?? new Map<string, Metric>();
  values.set(`${step} ${timestamp} ${value}`, metric);
  run.metrics.set(key, values);
}

/**
 * `metrics/get-history`: gives `{ metrics, next_page_token }`, all values of one metric by time, then step, then value. Of a run that
 * does not exist there are none. Without `max_results` all are on one page.
 */
export function getMetricHistory(store: Store, parameters: Parameters) {
  const id = runId(parameters);
  const key = requiredText(parameters, "metric_key");
  const size = integer(parameters, "max_results");
  const all = [...(store.runs.get(id)?.metrics.get(key)?.values() ?? [])].sort(byTime);
  const { items, next } = pageOf(all, size === undefined ? all.length : Number(size), text(parameters, "page_token"));
  return { metrics: unlessEmpty(items.map(metricOnWire)), next_page_token: next };
}

function byTime(a: Metric, b: Metric): number {
  return Number(a.timestamp - b.timestamp) || Number(a.step - b.step) || a.value - b.value;
}

/**
 * `log-parameter`: sets a parameter, which keeps its first value for good; the same value once more is no error. Values are cut at
 * 6,000 characters.
 *
 * @throws MlflowError `INVALID_PARAMETER_VALUE` for another value
 */
export function logParameter(store: Store, parameters: Parameters) {
  const id = runId(parameters);
  const [key, value] = [requiredText(parameters, "key"), text(parameters, "value") ?? ""];
  checkName(key, "key", "Param key");
  const run = store.activeRun(id);
  const [change] = addParams(run, [[key, value]]);
  if (change !== undefined) {
    const first = `Param with key='${key}' was already logged with value='${change.old_value}' for run ID='${id}'.`;
    throw invalid(`Changing param values is not allowed. ${first} Attempted logging new value '${change.new_value}'.`);
  }
  return {};
}

/** A parameter that has a value already, as messages show it. */
interface Change {
  readonly key: string;
  readonly old_value: string;
  readonly new_value: string;
}

/**
 * Adds parameters: all of them, or none.
 *
 * @returns those that have another value already; if there are any, nothing was added
 */
export function addParams(run: Run, params: readonly (readonly [key: string, value: string])[]): Change[] {
  const cut = params.map(([key, value]) => [key, value.slice(0, MAX_PARAM_VALUE)] as const);
  const changes = cut.flatMap(([key, value]) => {
    const old = run.params.get(key) ?? value;
    return old === value ? [] : [{ key, old_value: old, new_value: value }];
  });
  if (changes.length === 0) for (const [key, value] of cut) run.params.set(key, value);
  return changes;
}

/** `set-tag`: sets or replaces a tag. Values are cut at 8,000 characters. The tag `mlflow.runName` renames the run. */
export function setTag(store: Store, parameters: Parameters) {
  const id = runId(parameters);
  const [key, value] = [requiredText(parameters, "key"), text(parameters, "value") ?? ""];
  checkName(key, "key", "key");
  addTag(store.activeRun(id), key, value);
  return {};
}

/** Sets a tag of which the name is checked already. */
export function addTag(run: Run, key: string, value: string): void {
  run.tags.set(key, value.slice(0, MAX_TAG_VALUE));
  if (key === RUN_NAME_TAG) run.name = value;
}

/** `delete-tag`: a tag that is not there is `RESOURCE_DOES_NOT_EXIST`. */
export function deleteTag(store: Store, parameters: Parameters) {
  const id = runId(parameters);
  const key = requiredText(parameters, "key");
  if (!store.activeRun(id).tags.delete(key)) throw notFound(`No tag with name: ${key} in run with id ${id}`);
  return {};
}
