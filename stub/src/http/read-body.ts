/** Bodies and the parameters in them, as mlflow/server/handlers.py reads them. */
import { parseJson } from "./json.js";
import type { StubRequest } from "./message.js";
import { invalid } from "./mlflow-error.js";

/** A body has more bytes than the limit. The rest of it was not read. */
export class TooLarge extends Error {}

/** The whole body; no bytes if there is none. @throws TooLarge as soon as more than `limit` bytes have come */
export async function readBytes(body: StubRequest["body"], limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > limit) throw new TooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/**
 * The parameters of a call: the query of a GET, else a JSON object. A body that is not JSON counts as empty, as in MLflow.
 *
 * @param limit bytes of the body
 * @throws MlflowError `INVALID_PARAMETER_VALUE` if the content type is missing or another one than `application/json`
 * @throws TypeError, SyntaxError for JSON that is not an object, nor a text with one in it; MLflow answers 500
 * @throws TooLarge
 */
export async function readParameters(request: StubRequest, query: URLSearchParams, limit: number): Promise<Parameters> {
  if (request.method === "GET" && query.size > 0) return fromQuery(query);
  const bytes = await readBytes(request.body, limit);
  if (request.method === "GET") return {};
  checkContentType(request.headers["content-type"]);
  let value = parseOrNothing(bytes);
  // Older clients encode twice.
  if (typeof value === "string") value = parseJson(value);
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) throw new TypeError("a call's parameters must be an object");
  return value as Parameters;
}

/**
 * The parameters of a call by name, of types that nobody has checked yet. From JSON, an integer that a number can't hold exactly is a
 * `bigint`. From a query, each value is a text, or a list of texts if its name comes several times.
 */
export type Parameters = Readonly<Record<string, unknown>>;

function fromQuery(query: URLSearchParams): Parameters {
  return Object.fromEntries(
    [...new Set(query.keys())].map((name) => {
      const all = query.getAll(name);
      return [name, all.length > 1 ? all : all[0]];
    }),
  );
}

function checkContentType(header: string | string[] | undefined): void {
  if (header === undefined) throw invalid("Bad Request. Content-Type header is missing.");
  const type = String(header).split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") throw invalid("Bad Request. Content-Type must be one of ['application/json'].");
}

function parseOrNothing(bytes: Uint8Array): unknown {
  try {
    return parseJson(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
