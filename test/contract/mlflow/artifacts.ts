import { get, type MlflowCall, type MlflowCase, NO_RUN, post } from "./mlflow-case.ts";

const STORE = "/api/2.0/mlflow-artifacts/artifacts";

type Memory = Record<string, string>;

const inRun =
  (method: string, name: string, body?: unknown) =>
  (memory: Memory): MlflowCall => ({
    method,
    path: `${STORE}/${memory["root"]}/${name}`,
    ...(body === undefined ? {} : { body }),
  });
const list =
  (query: Record<string, string> = {}) =>
  (memory: Memory) =>
    get("artifacts/list", { run_id: memory["run"], ...query });
const stored =
  (query = "") =>
  (): MlflowCall => ({ method: "GET", path: STORE + query });

export const artifacts: MlflowCase[] = [
  {
    title: "creates an experiment for artifacts",
    call: () => post("experiments/create", { name: "artifacts" }),
    remember: ({ experiment_id }) => ({ experiment: experiment_id }),
  },
  {
    title: "creates a run for artifacts",
    call: ({ experiment }) => post("runs/create", { experiment_id: experiment, run_name: "with artifacts" }),
    remember: ({ run }) => ({ run: run.info.run_id, root: run.info.artifact_uri.replace("mlflow-artifacts:/", "") }),
  },
  { title: "lists none", call: list() },
  { title: "takes a text", call: inRun("PUT", "a.txt", "hello") },
  { title: "takes bytes with an escaped name", call: inRun("PUT", "dir/b%20c.bin", new Uint8Array([0, 255, 10])) },
  { title: "takes a file further down", call: inRun("PUT", "dir/sub/d.json", "{}") },
  { title: "takes a picture", call: inRun("PUT", "img.png", "x") },
  { title: "takes an empty file", call: inRun("PUT", "empty", "") },
  { title: "takes a file anew", call: inRun("PUT", "a.txt", "hello again") },
  { title: "lists the run's", call: list() },
  { title: "lists a folder", call: list({ path: "dir" }) },
  { title: "lists a folder with a slash", call: list({ path: "dir/" }) },
  { title: "lists nothing of an unknown folder", call: list({ path: "nope" }) },
  { title: "lists nothing of a file", call: list({ path: "a.txt" }) },
  { title: "refuses a path that leads out", call: list({ path: "../x" }) },
  { title: "refuses a path that leads out and is escaped", call: list({ path: "%2e%2e/x" }) },
  { title: "refuses an absolute path", call: list({ path: "/etc" }) },
  { title: "misses the run", call: () => get("artifacts/list") },
  { title: "knows no such run", call: () => get("artifacts/list", { run_id: NO_RUN }) },
  { title: "gives the text", call: inRun("GET", "a.txt") },
  { title: "gives the bytes", call: inRun("GET", "dir/b%20c.bin") },
  { title: "gives the picture", call: inRun("GET", "img.png") },
  { title: "gives the empty file", call: inRun("GET", "empty") },
  {
    title: "gives a file by the other prefix",
    call: ({ root }) => ({ method: "GET", path: `/ajax-api/2.0/mlflow-artifacts/artifacts/${root}/a.txt` }),
  },
  {
    title: "gives a file to the user interface",
    call: ({ run }) => ({ method: "GET", path: `/get-artifact?run_id=${run}&path=a.txt` }),
  },
  { title: "has no such file", call: inRun("GET", "nope") },
  { title: "gives no folder", call: inRun("GET", "dir") },
  { title: "lists the store", call: ({ root }) => stored(`?path=${root}`)() },
  { title: "lists a folder of the store", call: ({ root }) => stored(`?path=${root}/dir`)() },
  { title: "lists nothing of an unknown folder of the store", call: stored("?path=nope") },
  { title: "refuses a file that leads out", call: stored("/..%2fx") },
  {
    title: "refuses to take a file that leads out",
    call: () => ({ method: "PUT", path: `${STORE}/x/..%2f..%2fy`, body: "x" }),
  },
  { title: "deletes a file", call: inRun("DELETE", "a.txt") },
  { title: "deletes it again", call: inRun("DELETE", "a.txt") },
  { title: "deletes a folder", call: inRun("DELETE", "dir") },
  { title: "has the file no more", call: inRun("GET", "a.txt") },
  { title: "lists what is left", call: list() },
  { title: "takes no post", call: inRun("POST", "a.txt", "x") },
];
