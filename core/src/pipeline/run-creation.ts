import type { GateRequest } from "./request.js";

/** What every spelling of the path holds: the plain one, or something that servers decode, resolve or merge. */
const LIKELY = /runs\/create|%|\/[./]/;

/**
 * MLflow's `runs/create` in both of its APIs and any version (mlflow/server/handlers.py: `_get_rest_path`, `_get_ajax_path`),
 * below any base path. What lies below `mlflow-artifacts` is named by users.
 */
const RUN_CREATION = /^(?!.*\/mlflow-artifacts\/).*\/(?:ajax-)?api\/\d+\.\d+\/mlflow\/runs\/create$/s;

/** Whether a request creates a run. Its path is read as servers read it: dot segments resolved, escapes decoded, slashes merged. */
export function createsRun({ url, method }: GateRequest): boolean {
  if (method !== "POST" || !LIKELY.test(url)) return false;
  const parsed = URL.parse(url);
  return parsed !== null && RUN_CREATION.test(decoded(parsed.pathname).replaceAll(/\/{2,}/g, "/"));
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
