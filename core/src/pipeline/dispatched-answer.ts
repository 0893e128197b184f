/** What a plugin may answer in a server's place. */
import { validateHeaderName, validateHeaderValue } from "node:http";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { DispatchedAnswer } from "../provider/provider.js";

/** An answer that can be given to a client. */
export interface CheckedAnswer {
  readonly status: number;
  /** Names in lower case; none of the connection. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
}

/** They belong to the connection over which the server's own answer came (RFC 9110, 7.6.1). */
const HOP_BY_HOP: ReadonlySet<string> = new Set(
  "connection upgrade keep-alive proxy-authenticate proxy-connection te trailer transfer-encoding".split(" "),
);

/** @throws MlflowAuthError `PLUGIN_RESULT` */
export function checkAnswer(given: DispatchedAnswer, instance: string): CheckedAnswer {
  const { status, headers = {}, body = new Uint8Array() } = (given ?? {}) as Partial<DispatchedAnswer>;
  if (!Number.isInteger(status) || (status as number) < 200 || (status as number) > 599) {
    throw wrongAnswer(instance, "answered dispatch() without a status from 200 to 599");
  }
  const checked: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase();
    if (HOP_BY_HOP.has(key) || value === undefined) continue;
    checked[key] = checkHeader(name, value, instance);
  }
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  if (bytes instanceof Uint8Array) checked["content-length"] = String(bytes.length);
  else if (typeof bytes?.[Symbol.asyncIterator] !== "function") {
    throw wrongAnswer(instance, "answered dispatch() with a body that is neither text, bytes nor a stream of bytes");
  }
  return { status: status as number, headers: checked, body: bytes };
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
