import { invalid } from "../http/mlflow-error.js";
import type { Experiment } from "../store/entities.js";
import { type Clause, holds, type Operator, parseFilter, type Value } from "./filter.js";
import { byOrders, checkOrderUnique, parseOrder } from "./order.js";
import { nameParts, unquoted } from "./tokens.js";

type Read = (experiment: Experiment) => Value | undefined;

const attributes: Readonly<Record<string, Read>> = {
  name: ({ name }) => name,
  creation_time: ({ created }) => created,
  last_update_time: ({ updated }) => updated,
  experiment_id: ({ id }) => Number(id),
};

function readerOf(name: string): Read {
  const { prefix, key } = nameParts(name);
  if (prefix === "tag" || prefix === "tags") return ({ tags }) => tags.get(key);
  if (prefix !== "attribute") throw invalid(`Invalid entity type '${prefix}'.`);
  const read = attributes[key];
  if (read === undefined) throw invalid(`Invalid attribute key '${key}' specified.`);
  return read;
}

/**
 * What `experiments/search` finds: the experiments for which all comparisons hold, in the order of `order_by`, by default the newest
 * first. A filter may compare attributes and tags. Unlike MLflow's, it may not use lists.
 *
 * @returns the search, to be given all experiments that may be found
 * @throws MlflowError `INVALID_PARAMETER_VALUE` for a filter or an order that MLflow or the stub does not know, `INTERNAL_ERROR` for an
 *   order that names a thing twice
 */
export function experimentSearch(
  filter: string | undefined,
  orderBy: readonly string[],
): (experiments: readonly Experiment[]) => Experiment[] {
  const tests = parseFilter(filter).map(testOf);
  const parsed = (orderBy.length > 0 ? orderBy : ["creation_time DESC"]).map(parseOrder);
  checkOrderUnique(
    parsed.map(({ name }) => name),
    orderBy,
  );
  const orders = parsed.map(({ name, descending }) => ({ read: readerOf(name), descending }));
  const byOrder = byOrders<Experiment>(orders, (a, b) => Number(b.id) - Number(a.id));
  return (experiments) => experiments.filter((experiment) => tests.every((test) => test(experiment))).sort(byOrder);
}

function testOf({ name, operator, value }: Clause): (experiment: Experiment) => boolean {
  const read = readerOf(name);
  if (value?.kind === "list") throw invalid("The stub does not compare experiments with lists.");
  const right = value === undefined ? "" : value.kind === "number" ? Number(value.text) : unquoted(value.text);
  return (experiment) => holds(read(experiment), operator as Operator, right);
}
