/** What `doctor` asks has an end in sight: a request of its own, whatever the server does, and any other work. */
import type { createAgent } from "@mlflow-auth/core/internal";

/** undici's, as core makes it. */
export type Dispatcher = ReturnType<typeof createAgent>;

/** A whole answer, with the beginning of its body. */
export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** At most {@link LONGEST} bytes of the body. To judge by, never to print. */
  readonly text: string;
}

/** Bytes. */
const LONGEST = 256 * 1024;

/** What to ask, without a credential: an interceptor adds that. */
export interface ProbeRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  /** JSON. */
  readonly body?: string;
}

/**
 * @param timeout milliseconds until the whole answer is there
 * @throws what undici throws where no answer comes, or a `TimeoutError`; MlflowAuthError where the dispatcher does not send
 */
export async function probe(dispatcher: Dispatcher, request: ProbeRequest, timeout: number): Promise<Answer> {
  const { method, url, body } = request;
  const { origin, pathname, search } = new URL(url);
  const answer = await dispatcher.request({
    origin,
    path: pathname + search,
    method,
    headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }) },
    body: body ?? null,
    signal: AbortSignal.timeout(timeout),
  });
  return { status: answer.statusCode, headers: answer.headers, text: await beginning(answer.body) };
}

async function beginning(stream: AsyncIterable<Uint8Array> & { destroy(): unknown }): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > LONGEST) break;
  }
  return Buffer.concat(chunks).subarray(0, LONGEST).toString("utf8");
}

/** The value of a header, the first of several; empty without one. */
export function header({ headers }: Answer, name: string): string {
  return [headers[name]].flat()[0] ?? "";
}

/** What the answer asks for a credential with (RFC 9110, section 11.6.1): all challenges, empty without one. */
export function challengesOf({ headers }: Answer): string {
  return [headers["www-authenticate"]].flat().join(", ");
}

/** Whether the answer says that it is an HTML page. */
export function isHtml(answer: Answer): boolean {
  return /^text\/html\b/i.test(header(answer, "content-type"));
}
