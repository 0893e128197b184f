import { parseJson } from "./json.js";
import type { StubRequest } from "./message.js";
import { invalid } from "./mlflow-error.js";

/** More than the limit came. */
export class TooLarge extends Error {}

/** @throws TooLarge as soon as more than `limit` bytes have come */
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

/** The parameters of a call: the query of a GET, else a JSON object. What is no JSON counts as empty, as in MLflow. */
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

export type Parameters = Readonly<Record<string, unknown>>;

/** A name that comes twice is a list. */
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
