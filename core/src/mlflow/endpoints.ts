/** Which of MLflow's endpoints a request is for, whatever its base path and however its path is spelled. */
import { decodedOnce } from "../http/paths.js";

/**
 * MLflow's JSON API. Not the UI, which is HTML, and not what may serve a user's own HTML files, for example
 * `mlflow-artifacts/artifacts/report.html`.
 */
const JSON_API = /\/(?:ajax-)?api\/\d+\.\d+\/mlflow\/(?!.*artifact)/;

/** @param url absolute, or the path alone */
export function isJsonApi(url: string): boolean {
  return JSON_API.test(url.split(/[?#]/, 1)[0] as string);
}

/** What every spelling of the path holds: the plain one, or something that servers decode, resolve or merge. The scheme's slashes are none. */
const LIKELY = /runs\/create|[^!-~]|[%\\]|(?<!^https?:)\/[./]/;

/**
 * MLflow's `runs/create` in both of its APIs and any version (mlflow/server/handlers.py: `_get_rest_path`, `_get_ajax_path`),
 * below any base path. What lies below `mlflow-artifacts` is named by users.
 */
const RUN_CREATION = /^((?!.*\/mlflow-artifacts\/).*)\/(?:ajax-)?api\/\d+\.\d+\/mlflow\/runs\/create$/s;

interface Request {
  readonly method: string;
  /** Absolute, or a path with its query. */
  readonly url: string;
}

/** Whether a request creates a run. Its path is read as servers read it: dot segments resolved, escapes decoded, slashes merged. */
export function createsRun(request: Request): boolean {
  return runCreationBase(request) !== undefined;
}

/** The base path below which the run is created, without a slash at its end; undefined for any other request. */
export function runCreationBase({ method, url }: Request): string | undefined {
  if (method !== "POST" || !LIKELY.test(url)) return undefined;
  // Not by a base: of a path that begins with two slashes the parser would take the host.
  const pathname = URL.parse(url.startsWith("/") ? `http://host${url}` : url)?.pathname ?? "";
  return RUN_CREATION.exec(decodedOnce(pathname).replaceAll(/\/{2,}/g, "/"))?.[1];
}
