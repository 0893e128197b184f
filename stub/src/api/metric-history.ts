import type { Parameters } from "../http/read-body.js";
import type { Metric } from "../store/entities.js";
import type { Store } from "../store/store.js";
import { pageOf } from "./page-token.js";
import { integer, requiredText, text } from "./parameter.js";
import { runId } from "./runs.js";
import { metricOnWire, unlessEmpty } from "./wire.js";

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
