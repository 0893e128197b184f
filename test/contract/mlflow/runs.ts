import { get, type MlflowCase, NO_RUN, post } from "./mlflow-case.ts";

export const runs: MlflowCase[] = [
  {
    title: "creates an experiment for runs",
    call: () => post("experiments/create", { name: "runs" }),
    remember: ({ experiment_id }) => ({ experiment: experiment_id }),
  },
  {
    title: "creates a run",
    call: ({ experiment }) =>
      post("runs/create", {
        experiment_id: experiment,
        user_id: "me",
        start_time: 1_700_000_000_123,
        run_name: "first",
        tags: [{ key: "t", value: "1" }],
      }),
    remember: ({ run }) => ({ run: run.info.run_id }),
  },
  {
    title: "creates a run of nothing but an experiment",
    call: ({ experiment }) => post("runs/create", { experiment_id: experiment }),
    remember: ({ run }) => ({ other: run.info.run_id }),
  },
  {
    title: "takes a time as a text",
    call: ({ experiment }) => post("runs/create", { experiment_id: experiment, start_time: "1700000000456" }),
  },
  {
    title: "takes the name from its tag",
    call: ({ experiment }) =>
      post("runs/create", { experiment_id: experiment, tags: [{ key: "mlflow.runName", value: "b" }] }),
  },
  {
    title: "refuses two names",
    call: ({ experiment }) =>
      post("runs/create", { experiment_id: experiment, run_name: "a", tags: [{ key: "mlflow.runName", value: "b" }] }),
  },
  {
    title: "passes over tags that are no list",
    call: ({ experiment }) => post("runs/create", { experiment_id: experiment, tags: { a: 1 } }),
  },
  {
    title: "refuses a time that is none",
    call: ({ experiment }) => post("runs/create", { experiment_id: experiment, start_time: "x" }),
  },
  { title: "refuses a number for an experiment's id", call: () => post("runs/create", { experiment_id: 5 }) },
  { title: "needs an experiment", call: () => post("runs/create", {}), anyMessage: true },
  { title: "needs a known experiment", call: () => post("runs/create", { experiment_id: "99999" }) },
  { title: "gets it", call: ({ run }) => get("runs/get", { run_id: run }) },
  { title: "gets it by the old name", call: ({ run }) => get("runs/get", { run_uuid: run }) },
  { title: "knows no such run", call: () => get("runs/get", { run_id: NO_RUN }) },
  { title: "misses the id", call: () => get("runs/get") },
  {
    title: "ends it",
    call: ({ run }) => post("runs/update", { run_id: run, status: "FINISHED", end_time: 1_700_000_009_999 }),
  },
  { title: "renames it", call: ({ run }) => post("runs/update", { run_id: run, run_name: "other" }) },
  { title: "shows the new name", call: ({ run }) => get("runs/get", { run_id: run }) },
  { title: "passes over an unknown status", call: ({ run }) => post("runs/update", { run_id: run, status: "NOPE" }) },
  { title: "takes a status by number", call: ({ run }) => post("runs/update", { run_id: run, status: 4 }) },
  { title: "updates nothing", call: ({ run }) => post("runs/update", { run_id: run }) },
  { title: "misses what to update", call: () => post("runs/update", {}) },
  { title: "updates no unknown run", call: () => post("runs/update", { run_id: NO_RUN, status: "FAILED" }) },
  { title: "deletes it", call: ({ other }) => post("runs/delete", { run_id: other }) },
  { title: "deletes it again", call: ({ other }) => post("runs/delete", { run_id: other }) },
  { title: "shows that it is deleted", call: ({ other }) => get("runs/get", { run_id: other }) },
  {
    title: "logs nothing to a deleted run",
    call: ({ other }) => post("runs/log-metric", { run_id: other, key: "m", value: 1, timestamp: 1 }),
  },
  { title: "logs no batch to a deleted run", call: ({ other }) => post("runs/log-batch", { run_id: other }) },
  { title: "tags no deleted run", call: ({ other }) => post("runs/set-tag", { run_id: other, key: "m", value: "1" }) },
  { title: "updates no deleted run", call: ({ other }) => post("runs/update", { run_id: other, status: "FAILED" }) },
  { title: "restores it", call: ({ other }) => post("runs/restore", { run_id: other }) },
  { title: "restores it again", call: ({ other }) => post("runs/restore", { run_id: other }) },
  { title: "deletes no unknown run", call: () => post("runs/delete", { run_id: NO_RUN }) },
  { title: "restores no unknown run", call: () => post("runs/restore", { run_id: NO_RUN }) },
  { title: "misses what to delete", call: () => post("runs/delete", {}) },
];
