/** What a run holds beside its own fields, logged entry by entry and read back: metrics, parameters, tags. */
import { invalid, notFound } from "../http/mlflow-error.js";
import type { Parameters } from "../http/read-body.js";
import { type Metric, RUN_NAME_TAG, type Run } from "../store/entities.js";
import type { Store } from "../store/store.js";
import { checkName, integer, requiredFloat, requiredInteger, requiredText, text } from "./parameter.js";
import { runId } from "./runs.js";
import { pageOf } from "./search-page.js";
import { metricOnWire, unlessEmpty } from "./wire.js";

/** Characters; what is longer is cut. */
const MAX_PARAM_VALUE = 6000;
const MAX_TAG_VALUE = 8000;

export function logMetric(store: Store, parameters: Parameters) {
  const id = runId(parameters);
  const metric = readMetric(parameters);
  checkMetric(metric, "");
  addMetric(store.activeRun(id), metric);
  return {};
}

export function readMetric(parameters: Parameters): Metric {
  return {
    key: requiredText(parameters, "key"),
    value: requiredFloat(parameters, "value"),
    timestamp: requiredInteger(parameters, "timestamp"),
    step: integer(parameters, "step") ?? 0n,
  };
}

export function checkMetric({ key, timestamp }: Metric, place: string): void {
  checkName(key, `${place}name`, "Metric name");
  if (timestamp < 0n)
    throw invalid(`Invalid value ${timestamp} for parameter '${place}timestamp' supplied: it is negative.`);
}

export function addMetric(run: Run, metric: Metric): void {
  const { key, value, timestamp, step } = metric;
  const values = run.metrics.get(key) ?? new Map<string, Metric>();
  // The same value logged twice counts once.
  values.set(`${step} ${timestamp} ${value}`, metric);
  run.metrics.set(key, values);
}

/** All values of one metric, by time. Of a run that does not exist there are none. */
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

interface Change {
  readonly key: string;
  readonly old_value: string;
  readonly new_value: string;
}

/** @returns the parameters that have another value already; if there are any, none is added */
export function addParams(run: Run, params: readonly (readonly [key: string, value: string])[]): Change[] {
  const cut = params.map(([key, value]) => [key, value.slice(0, MAX_PARAM_VALUE)] as const);
  const changes = cut.flatMap(([key, value]) => {
    const old = run.params.get(key) ?? value;
    return old === value ? [] : [{ key, old_value: old, new_value: value }];
  });
  if (changes.length === 0) for (const [key, value] of cut) run.params.set(key, value);
  return changes;
}

export function setTag(store: Store, parameters: Parameters) {
  const id = runId(parameters);
  const [key, value] = [requiredText(parameters, "key"), text(parameters, "value") ?? ""];
  checkName(key, "key", "key");
  addTag(store.activeRun(id), key, value);
  return {};
}

export function addTag(run: Run, key: string, value: string): void {
  run.tags.set(key, value.slice(0, MAX_TAG_VALUE));
  if (key === RUN_NAME_TAG) run.name = value;
}

export function deleteTag(store: Store, parameters: Parameters) {
  const id = runId(parameters);
  const key = requiredText(parameters, "key");
  if (!store.activeRun(id).tags.delete(key)) throw notFound(`No tag with name: ${key} in run with id ${id}`);
  return {};
}
