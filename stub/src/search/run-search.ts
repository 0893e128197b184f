import { invalid } from "../http/mlflow-error.js";
import { latest, type Run } from "../store/entities.js";
import { type Clause, holds, type Operator, parseFilter, stringsOf, type Value } from "./filter.js";
import { byOrders, checkOrderUnique, compare, parseOrder } from "./order.js";
import { nameParts, type Token, unquoted } from "./tokens.js";

type Entity = "metric" | "parameter" | "tag" | "attribute" | "dataset";

const entities: Readonly<Record<string, Entity>> = {
  ...{ metric: "metric", metrics: "metric", tag: "tag", tags: "tag", dataset: "dataset", datasets: "dataset" },
  ...{ parameter: "parameter", parameters: "parameter", param: "parameter", params: "parameter" },
  ...{ attribute: "attribute", attributes: "attribute", attr: "attribute", run: "attribute" },
};

const textAttributes: Readonly<Record<string, (run: Run) => string>> = {
  artifact_uri: (run) => run.artifactUri,
  run_id: (run) => run.id,
  run_name: (run) => run.name,
  status: (run) => run.status,
  user_id: (run) => run.userId,
};

const timeAttributes: Readonly<Record<string, (run: Run) => bigint | undefined>> = {
  start_time: (run) => run.start,
  created: (run) => run.start,
  Created: (run) => run.start,
  end_time: (run) => run.end,
};

const comparisons = ["=", "!=", ">", ">=", "<", "<="];
const patterns = ["=", "!=", "LIKE", "ILIKE"];

interface Column {
  readonly entity: Entity;
  readonly key: string;
  readonly isNumber: boolean;
  read(run: Run): Value | undefined;
}

/** @throws MlflowError for a name that a run does not have */
function columnOf(name: string): Column {
  const { prefix, key } = nameParts(name);
  const entity = entities[prefix];
  switch (entity) {
    case "metric":
      return { entity, key, isNumber: true, read: (run) => latest(run.metrics.get(key) ?? new Map())?.value };
    case "parameter":
      return { entity, key, isNumber: false, read: (run) => run.params.get(key) };
    case "tag":
      return { entity, key, isNumber: false, read: (run) => run.tags.get(key) };
    case "attribute": {
      const read = textAttributes[key] ?? timeAttributes[key];
      if (read === undefined) throw invalid(`Invalid attribute key '${key}' specified.`);
      return { entity, key, isNumber: key in timeAttributes, read };
    }
    case "dataset":
      throw invalid("The stub keeps no datasets, so it can't search by them.");
    default: {
      const known = "['metric', 'parameter', 'tag', 'attribute', 'dataset']";
      throw invalid(`Invalid entity type '${prefix}'. Valid values are ${known}`);
    }
  }
}

/**
 * What `runs/search` finds: the runs for which all comparisons hold, in the order of `order_by`. Among equals the latest comes first.
 *
 * A filter may compare metrics (by their last value), parameters, tags and attributes. Unlike MLflow's, it may not compare datasets.
 *
 * @returns the search, to be given all runs that may be found
 * @throws MlflowError `INVALID_PARAMETER_VALUE` for a filter or an order that MLflow or the stub does not know, `INTERNAL_ERROR` for an
 *   order that names a thing twice
 */
export function runSearch(filter: string | undefined, orderBy: readonly string[]): (runs: readonly Run[]) => Run[] {
  const tests = parseFilter(filter).map(testOf);
  const orders = orderBy.map(parseOrder).map(({ name, descending }) => ({ ...columnOf(name), descending }));
  const keys = orders.map(({ entity, key }) => `${entity}.${key.toLowerCase() === "created" ? "start_time" : key}`);
  checkOrderUnique(keys, orderBy);
  const latestFirst = (a: Run, b: Run) => compare(a.start, b.start, true) || compare(a.id, b.id, false);
  return (runs) => runs.filter((run) => tests.every((test) => test(run))).sort(byOrders(orders, latestFirst));
}

function testOf({ name, operator, value }: Clause): (run: Run) => boolean {
  const column = columnOf(name);
  const known = operators(column);
  const right = value === undefined ? "" : readValue(column, value);
  if (!known.includes(operator)) {
    const shown = known.map((one) => `'${one}'`).join(", ");
    throw invalid(`Invalid comparator '${operator}' not one of '{${shown}}'`);
  }
  return (run) => holds(column.read(run), operator as Operator, right);
}

function operators({ entity, isNumber }: Column): string[] {
  if (isNumber) return comparisons;
  return entity === "attribute" ? [...patterns, "IN", "NOT IN"] : [...patterns, "IS NULL", "IS NOT NULL"];
}

function readValue({ entity, key, isNumber }: Column, value: Token): Value | string[] {
  if (isNumber) {
    const what = entity === "metric" ? "metric" : `numeric attribute: ${key}`;
    if (value.kind !== "number") throw invalid(`Expected numeric value type for ${what}. Found ${value.text}`);
    return Number(value.text);
  }
  if (value.kind === "string") return unquoted(value.text);
  if (entity !== "attribute")
    throw invalid(`Expected a quoted string value for ${entity} (e.g. 'my-value'). Got value ${value.text}`);
  if (value.kind !== "list") throw invalid(`Expected a quoted string value for attributes. Got value ${value.text}`);
  if (key !== "run_id")
    throw invalid("Only ['run_id'] attributes support comparison with a list of quoted string values.");
  return stringsOf(value);
}
