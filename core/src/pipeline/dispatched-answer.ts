/** What a plugin may answer in a server's place. */
import { validateHeaderName, validateHeaderValue } from "node:http";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { HOP_BY_HOP } from "../http/headers.js";
import type { DispatchedAnswer } from "../provider/provider.js";

/** An answer that can be given to a client. */
export interface CheckedAnswer {
  readonly status: number;
  /** Names in lower case; none of the connection. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
}

/**
 * @param method of the request
 * @throws MlflowAuthError `PLUGIN_RESULT`
 */
export function checkAnswer(given: DispatchedAnswer, instance: string, method: string): CheckedAnswer {
  const { status, headers = {}, body = new Uint8Array() } = (given ?? {}) as Partial<DispatchedAnswer>;
  if (!Number.isInteger(status) || (status as number) < 200 || (status as number) > 599) {
    throw wrongAnswer(instance, "answered dispatch() without a status from 200 to 599");
  }
  // Of a Headers object, a Map or a list nothing would be left, without a word.
  if (typeof headers !== "object" || headers === null || Symbol.iterator in headers) {
    throw wrongAnswer(instance, "answered dispatch() with headers that are not a plain object");
  }
  const checked: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase();
    if (HOP_BY_HOP.has(key) || value === undefined) continue;
    checked[key] = checkHeader(name, value, instance);
  }
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  if (bytes instanceof Uint8Array) {
    // What a HEAD is told is the length of what a GET would get.
    if (method !== "HEAD" || !("content-length" in checked)) checked["content-length"] = String(bytes.length);
  } else if (typeof bytes?.[Symbol.asyncIterator] !== "function") {
    throw wrongAnswer(instance, "answered dispatch() with a body that is neither text, bytes nor a stream of bytes");
  }
  return { status: status as number, headers: checked, body: bytes };
}

/** Ends a body that nobody will read: it may hold a file or a connection open, and what it fails with is nobody's. */
export function dropBody(body: unknown): void {
  const { on, destroy, cancel, ...source } = methodsOf(body);
  on?.("error", () => undefined);
  if (destroy !== undefined) destroy();
  else if (cancel !== undefined) quietly(cancel);
  else if (source.return !== undefined) quietly(source.return);
}

type Ending = "on" | "destroy" | "cancel" | "return";

/** Those by which a Node stream, a web stream or a generator is ended. */
function methodsOf(body: unknown): Partial<Record<Ending, (...args: unknown[]) => unknown>> {
  if (typeof body !== "object" || body === null) return {};
  const found = (["on", "destroy", "cancel", "return"] as const).flatMap((name) => {
    const method = (body as Record<string, unknown>)[name];
    return typeof method === "function" ? [[name, method.bind(body)]] : [];
  });
  return Object.fromEntries(found);
}

/** A web stream that somebody reads can't be cancelled from beside him. */
function quietly(end: () => unknown): void {
  Promise.resolve(end()).catch(() => undefined);
}

function checkHeader(name: string, value: string | readonly string[], instance: string): string | string[] {
  try {
    validateHeaderName(name);
    for (const one of [value].flat()) validateHeaderValue(name, one as string);
    return Array.isArray(value) ? value.map(String) : String(value);
  } catch {
    // Neither is repeated: it may be the server's.
    throw wrongAnswer(instance, "answered dispatch() with a header that HTTP does not allow");
  }
}

/** @param what the plugin did, as the end of a sentence about it */
export function wrongAnswer(instance: string, what: string): MlflowAuthError {
  const message = `plugin ${instance} ${what}`;
  return new MlflowAuthError("PLUGIN_RESULT", message, {
    plugin: instance,
    remedy: "report this to the plugin's author",
  });
}
