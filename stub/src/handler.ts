import { getArtifact, storedArtifact } from "./api/artifacts.js";
import {
  brokenPage,
  json,
  noSuchMethod,
  noSuchPage,
  page,
  type StubRequest,
  type StubResponse,
  text,
} from "./http/message.js";
import { MlflowError } from "./http/mlflow-error.js";
import { refuseForeign } from "./http/origin.js";
import { readParameters, TooLarge } from "./http/read-body.js";
import { operations } from "./routes.js";
import { Store } from "./store/store.js";

/** What a server can be told before it starts. */
export interface HandlerOptions {
  /** The path below which everything is served, such as `/base`, without a slash at its end. Default: none. */
  basePath?: string;
  /** Bytes of one artifact. A larger upload is answered with 413. Default: 64 MiB. */
  maxArtifactBytes?: number;
}

/** Answers a request without a socket. It never rejects: an error of its own is an answer 500. */
export type StubHandler = (request: StubRequest) => Promise<StubResponse>;

/** The version of MLflow whose answers the stub gives. */
export const MLFLOW_VERSION = "3.17.2";

/** Bytes of a JSON body. A larger one is answered with 413. */
const MAX_JSON = 32 * 1024 * 1024;

/** A tracking server as one function. It begins with the experiment `Default` and nothing else, and shares nothing with another one. */
export function createHandler({
  basePath = "",
  maxArtifactBytes = 64 * 1024 * 1024,
}: HandlerOptions = {}): StubHandler {
  const store = new Store(maxArtifactBytes);
  return async (request) => {
    const [whole = "", query = ""] = request.url.split(/\?(.*)/s);
    if (!whole.startsWith(`${basePath}/`)) return noSuchPage;
    const path = whole.slice(basePath.length);
    try {
      return refuseForeign(request, path) ?? (await route(store, request, path, new URLSearchParams(query)));
    } catch (error) {
      return refusal(error);
    }
  };
}

async function route(store: Store, request: StubRequest, path: string, query: URLSearchParams): Promise<StubResponse> {
  const { method } = request;
  const [, call] = /^\/(?:ajax-)?api\/2\.0\/(.*)$/s.exec(path) ?? [];
  if (call === undefined) return servePage(store, request, path, query);
  if (method === "OPTIONS") return { ...text(204, ""), headers: { allow: "OPTIONS" } };
  const [, artifact] = /^mlflow-artifacts\/artifacts\/(.+)$/s.exec(call) ?? [];
  if (artifact !== undefined) return storedArtifact(store, request, artifact);
  const methods = Object.hasOwn(operations, call) ? operations[call] : undefined;
  if (methods === undefined) return noSuchPage;
  const operation = methods[method];
  if (operation === undefined) return noSuchMethod;
  return json(200, operation(store, await readParameters(request, query, MAX_JSON)));
}

async function servePage(
  store: Store,
  request: StubRequest,
  path: string,
  query: URLSearchParams,
): Promise<StubResponse> {
  const pages: Record<string, () => StubResponse | Promise<StubResponse>> = {
    "/": () => page(200, "MLflow", "This stub has no user interface."),
    "/health": () => text(200, "OK"),
    "/version": () => text(200, MLFLOW_VERSION, "text/html; charset=utf-8"),
    "/get-artifact": async () => getArtifact(store, await readParameters(request, query, MAX_JSON)),
  };
  const serve = Object.hasOwn(pages, path) ? pages[path] : undefined;
  if (serve === undefined) return noSuchPage;
  return request.method === "GET" || request.method === "HEAD" ? serve() : noSuchMethod;
}

function refusal(error: unknown): StubResponse {
  if (error instanceof MlflowError) return json(error.status, error);
  if (error instanceof TooLarge) return json(413, { detail: "The stub keeps nothing as large as this." });
  return brokenPage;
}
