import { formatJson } from "./json.js";

/** A request as the stub takes it from whatever carries it. */
export interface StubRequest {
  readonly method: string;
  /** Path and query as they came: `/api/2.0/mlflow/runs/get?run_id=…`. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body?: AsyncIterable<Uint8Array> | undefined;
}

export interface StubResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export function json(status: number, value: unknown): StubResponse {
  return { status, headers: { "content-type": "application/json" }, body: `${formatJson(value)}\n` };
}

export function text(status: number, body: string, type = "text/plain; charset=utf-8"): StubResponse {
  return { status, headers: { "content-type": type }, body };
}

/** What MLflow answers where there is no API that would word an error. */
export function page(status: number, title: string, sentence: string): StubResponse {
  const html = `<!doctype html>\n<html lang=en>\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n<p>${sentence}</p>\n`;
  return text(status, html, "text/html; charset=utf-8");
}

export const noSuchPage = page(404, "Not Found", "There is nothing at this address.");
export const noSuchMethod = page(405, "Method Not Allowed", "This address does not take the method.");
export const brokenPage = page(500, "Internal Server Error", "The server could not answer the request.");
