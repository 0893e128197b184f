import { get, type MlflowCase, post } from "./mlflow-case.ts";

const create = "/api/2.0/mlflow/experiments/create";

/** What is not about any one resource: methods, prefixes, bodies that are none, foreign origins and hosts. */
export const manners: MlflowCase[] = [
  { title: "is healthy", call: () => ({ method: "GET", path: "/health" }) },
  { title: "tells its version", call: () => ({ method: "GET", path: "/version" }) },
  { title: "takes no post for its health", call: () => ({ method: "POST", path: "/health" }) },
  { title: "has no such page", call: () => ({ method: "GET", path: "/nope" }) },
  { title: "has no such call", call: () => get("nope") },
  { title: "has no call with a slash at its end", call: () => post("runs/create/", {}) },
  {
    title: "has no other version",
    call: () => ({ method: "GET", path: "/api/3.0/mlflow/experiments/get?experiment_id=0" }),
  },
  {
    title: "serves the user interface's prefix",
    call: () => ({ method: "GET", path: "/ajax-api/2.0/mlflow/experiments/get?experiment_id=0" }),
  },
  { title: "creates by no get", call: () => get("experiments/create") },
  { title: "gets by no post", call: () => post("experiments/get", { experiment_id: "0" }) },
  { title: "knows no put", call: () => ({ ...post("runs/create", {}), method: "PUT" }) },
  { title: "knows no delete", call: () => ({ method: "DELETE", path: create }) },
  { title: "needs a content type", call: () => ({ method: "POST", path: create }) },
  {
    title: "needs JSON's content type",
    call: () => ({ method: "POST", path: create, body: '{"name":"typed"}', headers: { "content-type": "text/plain" } }),
  },
  {
    title: "takes a content type with a character set",
    call: () => ({
      method: "POST",
      path: create,
      body: '{"name":"set"}',
      headers: { "content-type": "application/json; charset=utf-8" },
    }),
  },
  {
    title: "takes a body that is no JSON for an empty one",
    call: () => ({ method: "POST", path: create, body: "{bad", headers: { "content-type": "application/json" } }),
  },
  {
    title: "takes JSON that is encoded twice",
    call: () => ({
      method: "POST",
      path: create,
      body: JSON.stringify('{"name":"twice"}'),
      headers: { "content-type": "application/json" },
    }),
  },
  { title: "breaks on a list", call: () => post("experiments/create", [1]) },
  { title: "takes null for nothing", call: () => post("experiments/create", { name: null }) },
  {
    title: "refuses a foreign page's write",
    call: () => ({ ...post("experiments/create", { name: "evil" }), headers: { origin: "http://evil.example" } }),
  },
  {
    title: "takes a local page's write",
    call: () => ({ ...post("experiments/create", { name: "local" }), headers: { origin: "http://localhost:3000" } }),
  },
  {
    title: "lets a foreign page read",
    call: () => ({ ...get("experiments/get", { experiment_id: "0" }), headers: { origin: "http://evil.example" } }),
  },
  {
    title: "refuses a foreign host",
    call: () => ({ ...get("experiments/get", { experiment_id: "0" }), headers: { host: "evil.example" } }),
  },
  {
    title: "takes a private host",
    call: () => ({ ...get("experiments/get", { experiment_id: "0" }), headers: { host: "10.1.2.3:5000" } }),
  },
  {
    title: "is healthy for a foreign host",
    call: () => ({ method: "GET", path: "/health", headers: { host: "evil.example" } }),
  },
];
