import { get, type MlflowCase, post } from "./mlflow-case.ts";

const search = (body: Record<string, unknown>) => () => post("experiments/search", { max_results: 10, ...body });

const reading: MlflowCase[] = [
  { title: "the default experiment", call: () => get("experiments/get", { experiment_id: "0" }) },
  {
    title: "creates an experiment",
    call: () => post("experiments/create", { name: "first", tags: [{ key: "a", value: "b" }] }),
    remember: ({ experiment_id }) => ({ experiment: experiment_id }),
  },
  {
    title: "creates one with a place for artifacts",
    call: () => post("experiments/create", { name: "placed", artifact_location: "mlflow-artifacts:/x/y" }),
  },
  { title: "ignores an unknown field", call: () => post("experiments/create", { name: "unknown field", nope: 1 }) },
  {
    title: "refuses a second one of that name",
    call: () => post("experiments/create", { name: "first" }),
    anyMessage: true,
  },
  { title: "misses the name", call: () => post("experiments/create", {}) },
  { title: "refuses an empty name", call: () => post("experiments/create", { name: "" }) },
  { title: "refuses a number for a name", call: () => post("experiments/create", { name: 5 }) },
  { title: "refuses a long name", call: () => post("experiments/create", { name: "x".repeat(501) }) },
  {
    title: "refuses a place with a fragment",
    call: () => post("experiments/create", { name: "q", artifact_location: "s3://x/y#z" }),
  },
  { title: "gets it", call: ({ experiment }) => get("experiments/get", { experiment_id: experiment }) },
  { title: "gets the placed one", call: () => get("experiments/get-by-name", { experiment_name: "placed" }) },
  { title: "gets it by name", call: () => get("experiments/get-by-name", { experiment_name: "first" }) },
  { title: "knows no such id", call: () => get("experiments/get", { experiment_id: "99999" }) },
  { title: "refuses an id that is no number", call: () => get("experiments/get", { experiment_id: "abc" }) },
  { title: "misses the id", call: () => get("experiments/get") },
  { title: "knows no such name", call: () => get("experiments/get-by-name", { experiment_name: "nope" }) },
  { title: "misses the name to get", call: () => get("experiments/get-by-name") },
];

const searching: MlflowCase[] = [
  { title: "finds all", call: search({}) },
  { title: "finds by query", call: () => get("experiments/search", { max_results: "2" }) },
  { title: "finds by name", call: search({ filter: "name = 'first'" }) },
  { title: "finds by likeness", call: search({ filter: "name LIKE 'f%'" }) },
  { title: "finds by tag", call: search({ filter: "tags.a = 'b'" }) },
  { title: "finds no other tag", call: search({ filter: "tags.a != 'b'" }) },
  { title: "finds by two", call: search({ filter: "tags.a = 'b' AND name != 'first'" }) },
  { title: "orders by name", call: search({ order_by: ["name ASC"] }) },
  { title: "orders by id", call: search({ order_by: ["experiment_id"] }) },
  {
    title: "gives a first page",
    call: search({ max_results: 3 }),
    remember: ({ next_page_token }) => ({ page: next_page_token }),
  },
  { title: "gives the second page", call: ({ page }) => search({ max_results: 3, page_token: page })() },
  { title: "refuses a page token", call: search({ page_token: "bad" }) },
  { title: "needs a number of results", call: () => post("experiments/search", {}) },
  { title: "refuses too many results", call: search({ max_results: 50_001 }) },
  { title: "refuses a negative number of results", call: search({ max_results: -1 }) },
  { title: "passes over an unknown view", call: search({ view_type: "NOPE" }) },
  { title: "knows no such attribute", call: search({ filter: "bogus = 'b'" }), anyMessage: true },
  { title: "knows no such order", call: search({ order_by: ["bogus"] }), anyMessage: true },
  { title: "refuses half a filter", call: search({ filter: "name =" }), anyMessage: true },
];

const changing: MlflowCase[] = [
  {
    title: "tags it",
    call: ({ experiment }) =>
      post("experiments/set-experiment-tag", { experiment_id: experiment, key: "k", value: "v" }),
  },
  {
    title: "tags it anew",
    call: ({ experiment }) =>
      post("experiments/set-experiment-tag", { experiment_id: experiment, key: "k", value: "w" }),
  },
  { title: "shows its tags", call: ({ experiment }) => get("experiments/get", { experiment_id: experiment }) },
  {
    title: "misses the tag's key",
    call: ({ experiment }) => post("experiments/set-experiment-tag", { experiment_id: experiment }),
  },
  {
    title: "tags no unknown one",
    call: () => post("experiments/set-experiment-tag", { experiment_id: "99999", key: "k", value: "v" }),
  },
  {
    title: "takes a tag away",
    call: ({ experiment }) => post("experiments/delete-experiment-tag", { experiment_id: experiment, key: "k" }),
  },
  {
    title: "takes no tag away twice",
    call: ({ experiment }) => post("experiments/delete-experiment-tag", { experiment_id: experiment, key: "k" }),
  },
  {
    title: "renames it",
    call: ({ experiment }) => post("experiments/update", { experiment_id: experiment, new_name: "renamed" }),
  },
  {
    title: "gives no name twice",
    call: ({ experiment }) => post("experiments/update", { experiment_id: experiment, new_name: "Default" }),
    anyMessage: true,
  },
  { title: "misses the new name", call: ({ experiment }) => post("experiments/update", { experiment_id: experiment }) },
  {
    title: "renames no unknown one",
    call: () => post("experiments/update", { experiment_id: "99999", new_name: "q" }),
  },
];

const deleting: MlflowCase[] = [
  {
    title: "creates a run in it",
    call: ({ experiment }) => post("runs/create", { experiment_id: experiment, run_name: "goes along" }),
    remember: ({ run }) => ({ run: run.info.run_id }),
  },
  { title: "deletes it", call: ({ experiment }) => post("experiments/delete", { experiment_id: experiment }) },
  { title: "deletes its run", call: ({ run }) => get("runs/get", { run_id: run }) },
  {
    title: "deletes nothing twice",
    call: ({ experiment }) => post("experiments/delete", { experiment_id: experiment }),
  },
  { title: "deletes no unknown one", call: () => post("experiments/delete", { experiment_id: "99999" }) },
  { title: "misses what to delete", call: () => post("experiments/delete", {}) },
  {
    title: "shows that it is deleted",
    call: ({ experiment }) => get("experiments/get", { experiment_id: experiment }),
  },
  { title: "still gets it by name", call: () => get("experiments/get-by-name", { experiment_name: "renamed" }) },
  { title: "keeps its name taken", call: () => post("experiments/create", { name: "renamed" }), anyMessage: true },
  {
    title: "tags no deleted one",
    call: ({ experiment }) =>
      post("experiments/set-experiment-tag", { experiment_id: experiment, key: "k", value: "v" }),
  },
  {
    title: "renames no deleted one",
    call: ({ experiment }) => post("experiments/update", { experiment_id: experiment, new_name: "z" }),
  },
  {
    title: "starts no run in a deleted one",
    call: ({ experiment }) => post("runs/create", { experiment_id: experiment }),
  },
  { title: "finds the deleted", call: search({ view_type: "DELETED_ONLY" }) },
  { title: "finds all, the deleted among them", call: search({ view_type: "ALL", order_by: ["name"] }) },
  { title: "restores it", call: ({ experiment }) => post("experiments/restore", { experiment_id: experiment }) },
  { title: "restores its run", call: ({ run }) => get("runs/get", { run_id: run }) },
  {
    title: "restores nothing twice",
    call: ({ experiment }) => post("experiments/restore", { experiment_id: experiment }),
  },
  { title: "restores no unknown one", call: () => post("experiments/restore", { experiment_id: "99999" }) },
];

export const experiments: MlflowCase[] = [...reading, ...searching, ...changing, ...deleting];
