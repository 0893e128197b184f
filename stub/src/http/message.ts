/** Requests and answers, apart from what carries them. */
import { formatJson } from "./json.js";

/** A request to the stub: from a socket, or made up by a test. */
export interface StubRequest {
  readonly method: string;
  /** Path and query as they came: `/api/2.0/mlflow/runs/get?run_id=…`. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Undefined: there is none. It is read as far as it is needed, and not at all if the address is enough to refuse it. */
  readonly body?: AsyncIterable<Uint8Array> | undefined;
}

/** An answer of the stub. `content-length` is left to what carries it. */
export interface StubResponse {
  /** Of HTTP. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** A string is sent as UTF-8. */
  readonly body: string | Uint8Array;
}

/** An answer in JSON, indented and with a line break at its end. Undefined fields are left out. */
export function json(status: number, value: unknown): StubResponse {
  return { status, headers: { "content-type": "application/json" }, body: `${formatJson(value)}\n` };
}

/** An answer in text, by default a plain one. */
export function text(status: number, body: string, type = "text/plain; charset=utf-8"): StubResponse {
  return { status, headers: { "content-type": type }, body };
}

/** An answer in HTML, as MLflow gives outside of its API, where an error has no JSON. Title and sentence are not escaped. */
export function page(status: number, title: string, sentence: string): StubResponse {
  const html = `<!doctype html>\n<html lang=en>\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n<p>${sentence}</p>\n`;
  return text(status, html, "text/html; charset=utf-8");
}

/** 404, for an address that nothing is at. */
export const noSuchPage = page(404, "Not Found", "There is nothing at this address.");
/** 405, for an address that does not take the method. Unlike MLflow's, it has no `Allow` header. */
export const noSuchMethod = page(405, "Method Not Allowed", "This address does not take the method.");
/** 500, for an error in the stub itself. What went wrong is not told. */
export const brokenPage = page(500, "Internal Server Error", "The server could not answer the request.");
