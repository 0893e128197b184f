import { get, type MlflowCase, NO_RUN, post } from "./mlflow-case.ts";

const metric = (fields: Record<string, unknown>) => (memory: Record<string, string>) =>
  post("runs/log-metric", { run_id: memory["run"], ...fields });
const parameter = (fields: Record<string, unknown>) => (memory: Record<string, string>) =>
  post("runs/log-parameter", { run_id: memory["run"], ...fields });
const tag = (fields: Record<string, unknown>) => (memory: Record<string, string>) =>
  post("runs/set-tag", { run_id: memory["run"], ...fields });
const batch = (fields: Record<string, unknown>) => (memory: Record<string, string>) =>
  post("runs/log-batch", { run_id: memory["run"], ...fields });
const history = (query: Record<string, string>) => (memory: Record<string, string>) =>
  get("metrics/get-history", { run_id: memory["run"], ...query });

const many = (count: number, entry: (index: number) => unknown) =>
  Array.from({ length: count }, (_, index) => entry(index));

const setup: MlflowCase[] = [
  {
    title: "creates an experiment for logging",
    call: () => post("experiments/create", { name: "logging" }),
    remember: ({ experiment_id }) => ({ experiment: experiment_id }),
  },
  {
    title: "creates a run for logging",
    call: ({ experiment }) => post("runs/create", { experiment_id: experiment, run_name: "logged" }),
    remember: ({ run }) => ({ run: run.info.run_id }),
  },
];

const metrics: MlflowCase[] = [
  { title: "logs a metric", call: metric({ key: "m", value: 0.5, timestamp: 1_700_000_000_001, step: 1 }) },
  { title: "logs it later", call: metric({ key: "m", value: 0.25, timestamp: 1_700_000_000_002, step: "2" }) },
  { title: "logs it earlier", call: metric({ key: "m", value: 9, timestamp: 1_700_000_000_000, step: 0 }) },
  { title: "logs the same again", call: metric({ key: "m", value: 9, timestamp: 1_700_000_000_000, step: 0 }) },
  { title: "logs a large value", call: metric({ key: "large", value: 1e300, timestamp: 5 }) },
  {
    title: "logs integers of 64 bits",
    call: ({ run }) => ({
      ...post(
        "runs/log-metric",
        `{"run_id":"${run}","key":"long","value":1,"timestamp":9007199254740993,"step":9007199254740995}`,
      ),
      headers: { "content-type": "application/json" },
    }),
  },
  { title: "logs what is not a number", call: metric({ key: "nan", value: "NaN", timestamp: 1 }) },
  { title: "logs infinity", call: metric({ key: "infinity", value: "Infinity", timestamp: 1 }) },
  { title: "logs negative infinity", call: metric({ key: "negative", value: "-Infinity", timestamp: 1 }) },
  { title: "logs a name with many characters", call: metric({ key: "a/b c.d-e_f:g", value: 1, timestamp: 1 }) },
  { title: "misses the value", call: metric({ key: "m" }) },
  { title: "misses the timestamp", call: metric({ key: "m", value: 1 }) },
  { title: "misses the key", call: metric({ value: 1, timestamp: 1 }) },
  { title: "misses the run", call: () => post("runs/log-metric", { key: "m", value: 1, timestamp: 1 }) },
  { title: "refuses a text for a value", call: metric({ key: "m", value: "x", timestamp: 1 }) },
  { title: "refuses a negative timestamp", call: metric({ key: "m", value: 1, timestamp: -1 }), anyMessage: true },
  {
    title: "refuses a name with odd characters",
    call: metric({ key: "a*b", value: 1, timestamp: 1 }),
    anyMessage: true,
  },
  { title: "refuses a name that leads out", call: metric({ key: "../x", value: 1, timestamp: 1 }), anyMessage: true },
  {
    title: "refuses a name with a slash at its end",
    call: metric({ key: "x/", value: 1, timestamp: 1 }),
    anyMessage: true,
  },
  { title: "refuses a long name", call: metric({ key: "x".repeat(251), value: 1, timestamp: 1 }) },
  {
    title: "logs to no unknown run",
    call: () => post("runs/log-metric", { run_id: NO_RUN, key: "m", value: 1, timestamp: 1 }),
  },
];

const params: MlflowCase[] = [
  { title: "logs a parameter", call: parameter({ key: "p", value: "1" }) },
  { title: "logs it again", call: parameter({ key: "p", value: "1" }) },
  { title: "refuses another value", call: parameter({ key: "p", value: "2" }) },
  { title: "logs an empty parameter", call: parameter({ key: "empty" }) },
  { title: "misses the parameter's key", call: parameter({ value: "x" }) },
  { title: "refuses a number", call: parameter({ key: "n", value: 5 }) },
  { title: "cuts a long value", call: parameter({ key: "long", value: "x".repeat(6001) }) },
  { title: "refuses a long key", call: parameter({ key: "x".repeat(251), value: "1" }) },
  { title: "refuses a key with odd characters", call: parameter({ key: "a?b", value: "5" }), anyMessage: true },
  {
    title: "logs no parameter to an unknown run",
    call: () => post("runs/log-parameter", { run_id: NO_RUN, key: "n", value: "5" }),
  },
];

const tags: MlflowCase[] = [
  { title: "sets a tag", call: tag({ key: "t", value: "1" }) },
  { title: "sets it anew", call: tag({ key: "t", value: "2" }) },
  { title: "sets an empty tag", call: tag({ key: "empty" }) },
  { title: "cuts a long tag", call: tag({ key: "long", value: "x".repeat(8001) }) },
  { title: "refuses a tag with a long key", call: tag({ key: "x".repeat(251), value: "1" }) },
  { title: "misses the tag's key", call: tag({ value: "x" }) },
  { title: "renames by tag", call: tag({ key: "mlflow.runName", value: "renamed" }) },
  { title: "takes a tag away", call: ({ run }) => post("runs/delete-tag", { run_id: run, key: "empty" }) },
  { title: "takes no tag away twice", call: ({ run }) => post("runs/delete-tag", { run_id: run, key: "empty" }) },
  { title: "takes no tag from an unknown run", call: () => post("runs/delete-tag", { run_id: NO_RUN, key: "t" }) },
];

const batches: MlflowCase[] = [
  {
    title: "logs a batch",
    call: batch({
      metrics: [
        { key: "b", value: 1, timestamp: 5, step: 0 },
        { key: "b", value: 2, timestamp: 6, step: 1 },
      ],
      params: [{ key: "bp", value: "1" }],
      tags: [{ key: "bt", value: "1" }],
    }),
  },
  {
    title: "refuses another value in a batch",
    call: batch({ params: [{ key: "bp", value: "2" }], tags: [{ key: "not", value: "set" }] }),
  },
  {
    title: "refuses a parameter twice",
    call: batch({
      params: [
        { key: "d", value: "2" },
        { key: "d", value: "3" },
      ],
    }),
  },
  { title: "logs an empty batch", call: batch({}) },
  { title: "misses the batch's run", call: () => post("runs/log-batch", {}) },
  { title: "misses a timestamp in a batch", call: batch({ metrics: [{ key: "b", value: 1 }] }) },
  { title: "misses a metric's key in a batch", call: batch({ metrics: [{ value: 1, timestamp: 1 }] }) },
  { title: "misses a tag's key in a batch", call: batch({ tags: [{ value: "1" }] }) },
  { title: "refuses a text for metrics", call: batch({ metrics: "x" }) },
  {
    title: "refuses too many metrics",
    call: batch({ metrics: many(1001, () => ({ key: "b", value: 1, timestamp: 1 })) }),
  },
  {
    title: "refuses too many parameters",
    call: batch({ params: many(101, (index) => ({ key: `b${index}`, value: "1" })) }),
  },
  { title: "refuses too many tags", call: batch({ tags: many(101, (index) => ({ key: `b${index}`, value: "1" })) }) },
  { title: "refuses a tag with odd characters", call: batch({ tags: [{ key: "x?", value: "1" }] }), anyMessage: true },
  { title: "refuses a tag with a long key in a batch", call: batch({ tags: [{ key: "x".repeat(251), value: "1" }] }) },
  {
    title: "refuses a metric with odd characters",
    call: batch({ metrics: [{ key: "x?", value: 1, timestamp: 1 }] }),
    anyMessage: true,
  },
  {
    title: "logs no batch to an unknown run",
    call: () => post("runs/log-batch", { run_id: NO_RUN, tags: [{ key: "a", value: "1" }] }),
  },
  { title: "shows all of it", call: ({ run }) => get("runs/get", { run_id: run }) },
];

const histories: MlflowCase[] = [
  { title: "gives a metric's history", call: history({ metric_key: "m" }) },
  { title: "gives integers of 64 bits", call: history({ metric_key: "long" }) },
  {
    title: "gives a first page of history",
    call: history({ metric_key: "m", max_results: "2" }),
    remember: ({ next_page_token }) => ({ page: next_page_token }),
  },
  {
    title: "gives the next page of history",
    call: (memory) => history({ metric_key: "m", max_results: "2", page_token: memory["page"] ?? "" })(memory),
  },
  { title: "has no history of an unknown metric", call: history({ metric_key: "nope" }) },
  {
    title: "has no history of an unknown run",
    call: () => get("metrics/get-history", { run_id: NO_RUN, metric_key: "m" }),
  },
  { title: "misses the metric's key", call: history({}) },
];

export const logging: MlflowCase[] = [...setup, ...metrics, ...params, ...tags, ...batches, ...histories];
