import { type MlflowCase, post } from "./mlflow-case.ts";

const search = (body: Record<string, unknown>) => (memory: Record<string, string>) =>
  post("runs/search", { experiment_ids: [memory["experiment"]], ...body });

/** Five runs that differ in everything one can search by; the last has no metrics, the last two are finished. */
const setup: MlflowCase[] = [
  {
    title: "creates an experiment to search",
    call: () => post("experiments/create", { name: "searched" }),
    remember: ({ experiment_id }) => ({ experiment: experiment_id }),
  },
  ...[0, 1, 2, 3, 4].flatMap((index): MlflowCase[] => [
    {
      title: `creates run ${index}`,
      call: ({ experiment }) =>
        post("runs/create", {
          experiment_id: experiment,
          start_time: 1_700_000_000_000 + index,
          run_name: `r${index}`,
          user_id: "u",
        }),
      remember: ({ run }) => ({ [`run${index}`]: run.info.run_id }),
    },
    {
      title: `fills run ${index}`,
      call: (memory) =>
        post("runs/log-batch", {
          run_id: memory[`run${index}`],
          metrics:
            index === 4
              ? []
              : [
                  { key: "acc", value: ((index * 7) % 5) / 10, timestamp: 1, step: 0 },
                  { key: "with space", value: index === 3 ? "NaN" : index, timestamp: 1 },
                ],
          params: [
            { key: "lr", value: `0.${index}` },
            { key: "kind", value: index % 2 ? "odd" : "even" },
          ],
          tags: [
            { key: "team", value: index < 3 ? "a" : "b" },
            { key: "d.o-t", value: `x${index}` },
          ],
        }),
    },
  ]),
  ...[3, 4].map(
    (index): MlflowCase => ({
      title: `ends run ${index}`,
      call: (memory) =>
        post("runs/update", { run_id: memory[`run${index}`], status: "FINISHED", end_time: 1_700_000_001_000 + index }),
    }),
  ),
];

const filters = [
  "",
  "metrics.acc > 0.1",
  "metrics.acc >0.1",
  "metric.acc >= 0.2 and params.kind = 'even'",
  "metrics.acc != 0.1",
  "metrics.acc < -1",
  "metrics.acc > 1e-1",
  "metrics.acc <= 0.2 AND",
  "metrics.`with space` < 2",
  "params.lr = '0.1'",
  "params.lr != '0.1'",
  "params.nope != '0.1'",
  "params.kind LIKE 'o%'",
  "params.kind LIKE 'O%'",
  "params.kind ILIKE 'O%'",
  "params.kind like '_dd'",
  "param.kind = 'odd'",
  "parameters.kind = 'odd' AND tags.team = 'a' AND metrics.acc > 0",
  "params.kind = 'it''s'",
  "params.nope IS NOT NULL",
  "params.kind is not null",
  "tags.team = 'a'",
  'tag.team="a"',
  "tags.team != 'a'",
  "tags.`d.o-t` = 'x1'",
  "tags.\"d.o-t\" = 'x1'",
  "tags.team IS NULL",
  "tags.nope IS NULL",
  "status = 'FINISHED'",
  "attributes.status != 'RUNNING'",
  "attr.status LIKE 'FIN%'",
  "run.status = 'FINISHED'",
  "attribute.run_name = 'r1'",
  "run_name LIKE 'r%'",
  'run_name = "r1"',
  "attributes.start_time > 1700000000002",
  "start_time <= 1700000000001",
  "created = 1700000000001",
  "end_time > 0",
  "user_id = 'u'",
  "artifact_uri LIKE '%'",
  "metrics.acc = 'x'",
  "metrics.acc LIKE 'x'",
  "params.lr = 1",
  "params.kind IN ('odd')",
  "tags.team IN ('a','b')",
  "status IN ('FINISHED')",
  "start_time = 'x'",
  "nope.x = 1",
  "params.lr = '0.1' or params.lr = '0.2'",
  "garbage",
];

/** The real answers to these show a Python set, or the tokens of its parser. */
const oddFilters = [
  "attributes.nope = 'x'",
  "lifecycle_stage = 'active'",
  "Run_Name = 'r1'",
  "params.lr > '0.1'",
  "params.kind == 'odd'",
  "params.kind not like 'o%'",
  "status > 'RUNNING'",
  "run_name > 'r1'",
  "tags.team > 'a'",
  "tags.d.o-t = 'x1'",
  "(params.kind = 'odd')",
  "metrics.acc",
  "params.kind =",
  "params.kind = 'odd",
  "= 'odd'",
];

const orders: string[][] = [
  ["metrics.acc"],
  ["metrics.acc DESC"],
  ["metrics.acc ASC", "params.lr DESC"],
  ["metrics.`with space`"],
  ["metrics.`with space` DESC"],
  ["metrics.nope"],
  ["params.kind DESC", "start_time ASC"],
  ["params.nope DESC"],
  ["tags.team desc"],
  ["tags.`d.o-t`"],
  ["attributes.start_time DESC"],
  ["start_time"],
  ["Created DESC"],
  ["created"],
  ["run_name DESC"],
  ["attribute.run_name"],
  ["status"],
  ["end_time DESC"],
  ["end_time"],
  ["user_id"],
  ["metrics.acc DOWN"],
  ["metrics.acc DESC NULLS"],
  [""],
];

const oddOrders: string[][] = [["nope"], ["attributes.nope"], ["duration"], ["metrics.acc", "metrics.acc DESC"]];

const pages: MlflowCase[] = [
  {
    title: "gives a first page",
    call: search({ max_results: 2 }),
    remember: ({ next_page_token }) => ({ second: next_page_token }),
  },
  {
    title: "gives a second page",
    call: (memory) => search({ max_results: 2, page_token: memory["second"] })(memory),
    remember: ({ next_page_token }) => ({ third: next_page_token }),
  },
  { title: "gives a last page", call: (memory) => search({ max_results: 2, page_token: memory["third"] })(memory) },
  { title: "gives one page of all", call: search({ max_results: 5 }) },
  { title: "refuses no results", call: search({ max_results: 0 }) },
  { title: "refuses a negative number of results", call: search({ max_results: -1 }) },
  { title: "refuses too many results", call: search({ max_results: 50_001 }), anyMessage: true },
  { title: "refuses a page token", call: search({ page_token: "bad" }) },
];

const scopes: MlflowCase[] = [
  { title: "finds nothing in no experiment", call: search({ experiment_ids: [] }) },
  { title: "finds nothing in an unknown experiment", call: search({ experiment_ids: ["99999"] }) },
  { title: "refuses a text for experiments", call: search({ experiment_ids: "x" }) },
  { title: "refuses a number for a filter", call: search({ filter: 5 }) },
  { title: "refuses a text for an order", call: search({ order_by: "x" }) },
  { title: "refuses a number for an order", call: search({ order_by: [5] }) },
  { title: "deletes a run", call: ({ run0 }) => post("runs/delete", { run_id: run0 }) },
  { title: "finds the active", call: search({}) },
  { title: "finds all", call: search({ run_view_type: "ALL" }) },
  { title: "finds the deleted", call: search({ run_view_type: "DELETED_ONLY" }) },
  { title: "takes a view by number", call: search({ run_view_type: 3 }) },
  { title: "passes over an unknown view", call: search({ run_view_type: "NOPE" }) },
];

export const searching: MlflowCase[] = [
  ...setup,
  ...filters.map((filter): MlflowCase => ({ title: `filters by ${filter}`, call: search({ filter }) })),
  ...oddFilters.map(
    (filter): MlflowCase => ({ title: `refuses ${filter}`, call: search({ filter }), anyMessage: true }),
  ),
  {
    title: "filters by a list of runs",
    call: (memory) => search({ filter: `run_id IN ('${memory["run0"]}', '${memory["run3"]}')` })(memory),
  },
  {
    title: "filters by runs not in a list",
    call: (memory) => search({ filter: `attributes.run_id NOT IN ('${memory["run0"]}')` })(memory),
  },
  ...orders.map((order_by): MlflowCase => ({ title: `orders by ${order_by.join(", ")}`, call: search({ order_by }) })),
  ...oddOrders.map(
    (order_by): MlflowCase => ({
      title: `refuses ${order_by.join(", ")}`,
      call: search({ order_by }),
      anyMessage: true,
    }),
  ),
  ...pages,
  ...scopes,
];
