import { invalid, notFound } from "../http/mlflow-error.js";
import type { Parameters } from "../http/read-body.js";
import { type Metric, RUN_NAME_TAG, type Run } from "../store/entities.js";
import type { Store } from "../store/store.js";
import { checkLength, checkName, MAX_KEY } from "./entity-name.js";
import { pageOf } from "./page-token.js";
import {
  integer,
  list,
  missingValue,
  objects,
  requiredFloat,
  requiredInteger,
  requiredText,
  text,
} from "./parameter.js";
import { runId } from "./runs.js";
import { metricOnWire, unlessEmpty } from "./wire.js";

/** Characters; what is longer is cut. */
const MAX_PARAM_VALUE = 6000;
const MAX_TAG_VALUE = 8000;
/** Entries of one batch. */
const batchLimits = { metrics: 1000, params: 100, tags: 100 };

export function logMetric(store: Store, parameters: Parameters) {
  const id = runId(parameters);
  const metric = readMetric(parameters);
  checkMetric(metric, "");
  addMetric(store.activeRun(id), metric);
  return {};
}

function readMetric(parameters: Parameters): Metric {
  return {
    key: requiredText(parameters, "key"),
    value: requiredFloat(parameters, "value"),
    timestamp: requiredInteger(parameters, "timestamp"),
    step: integer(parameters, "step") ?? 0n,
  };
}

function checkMetric({ key, timestamp }: Metric, place: string): void {
  checkName(key, `${place}name`, "Metric name");
  if (timestamp < 0n)
    throw invalid(`Invalid value ${timestamp} for parameter '${place}timestamp' supplied: it is negative.`);
}

function addMetric(run: Run, metric: Metric): void {
  const values = run.metrics.get(metric.key) ?? [];
  const isKnown = values.some(
    ({ value, timestamp, step }) =>
      Object.is(value, metric.value) && timestamp === metric.timestamp && step === metric.step,
  );
  if (!isKnown) values.push(metric);
  run.metrics.set(metric.key, values);
}

export function logParameter(store: Store, parameters: Parameters) {
  const id = runId(parameters);
  const [key, value] = [requiredText(parameters, "key"), text(parameters, "value") ?? ""];
  checkName(key, "key", "Param key");
  const run = store.activeRun(id);
  const [change] = addParams(run, new Map([[key, value.slice(0, MAX_PARAM_VALUE)]]));
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
function addParams(run: Run, params: ReadonlyMap<string, string>): Change[] {
  const changes: Change[] = [];
  for (const [key, value] of params) {
    const old = run.params.get(key);
    if (old !== undefined && old !== value) changes.push({ key, old_value: old, new_value: value });
  }
  if (changes.length === 0) for (const [key, value] of params) run.params.set(key, value);
  return changes;
}

export function setTag(store: Store, parameters: Parameters) {
  const id = runId(parameters);
  const [key, value] = [requiredText(parameters, "key"), text(parameters, "value") ?? ""];
  checkName(key, "key", "key");
  addTag(store.activeRun(id), key, value);
  return {};
}

function addTag(run: Run, key: string, value: string): void {
  run.tags.set(key, value.slice(0, MAX_TAG_VALUE));
  if (key === RUN_NAME_TAG) run.name = value;
}

export function deleteTag(store: Store, parameters: Parameters) {
  const id = runId(parameters);
  const key = requiredText(parameters, "key");
  if (!store.activeRun(id).tags.delete(key)) throw notFound(`No tag with name: ${key} in run with id ${id}`);
  return {};
}

export function logBatch(store: Store, parameters: Parameters) {
  const id = runId(parameters);
  const metrics = entries(parameters, "metrics", ["key", "value", "timestamp"]).map(readMetric);
  const params = entries(parameters, "params", ["key"]).map(readPair);
  const tags = entries(parameters, "tags", ["key"]).map(readPair);
  for (const [index, metric] of metrics.entries()) checkMetric(metric, `metrics[${index}].`);
  for (const [index, [key]] of params.entries()) checkName(key, `params[${index}].key`, "Param key");
  for (const [index, [key]] of tags.entries()) {
    const place = `tags[${index}].key`;
    checkName(key.slice(0, MAX_KEY), place, place);
    checkLength(key, place, MAX_KEY);
  }
  for (const [kind, entries] of Object.entries({ metrics, params, tags })) {
    const limit = batchLimits[kind as keyof typeof batchLimits];
    if (entries.length <= limit) continue;
    const rule = `A batch logging request can contain at most ${limit} ${kind}. Got ${entries.length} ${kind}.`;
    throw invalid(`${rule} Please split up ${kind} across multiple requests and try again.`);
  }
  checkUnique(params.map(([key]) => key));
  const run = store.activeRun(id);
  const changes = addParams(run, new Map(params.map(([key, value]) => [key, value.slice(0, MAX_PARAM_VALUE)])));
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

/** All values of one metric, by time. Of a run that does not exist there are none. */
export function getMetricHistory(store: Store, parameters: Parameters) {
  const id = runId(parameters);
  const key = requiredText(parameters, "metric_key");
  const size = integer(parameters, "max_results");
  const all = (store.runs.get(id)?.metrics.get(key) ?? []).toSorted(byTime);
  const { items, next } = pageOf(all, size === undefined ? all.length : Number(size), text(parameters, "page_token"));
  return { metrics: unlessEmpty(items.map(metricOnWire)), next_page_token: next };
}

function byTime(a: Metric, b: Metric): number {
  return Number(a.timestamp - b.timestamp) || Number(a.step - b.step) || a.value - b.value;
}
