/** One try of a registration, through Node's own fetch. */
import { connectionFailureOf, MlflowAuthError, type Secret } from "@mlflow-auth/core/plugin";
import { HEADER } from "./fetch-secret.js";

/** What is sent. */
export interface BaselineRequest {
  readonly url: URL;
  /** Goes as X-API-Key. */
  readonly key: Secret;
  /** JSON. */
  readonly body: string;
  readonly signal?: AbortSignal | undefined;
}

/** What came back, whatever its status. */
export interface BaselineAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Sends it once, within {@link TIMEOUT}, and follows no redirect.
 *
 * @throws MlflowAuthError `SERVER_UNREACHABLE`, with `transient` where another try may help
 */
export type SendBaseline = (request: BaselineRequest) => Promise<BaselineAnswer>;

/** Milliseconds for one try. */
export const TIMEOUT = 30_000;
/** Bytes of an answer. */
const LONGEST = 1024 * 1024;

/** What to do where no answer of Hokusai's came. */
export const CHECK = "check HOKUSAI_API_ENDPOINT, the network and the corporate proxy";

/** Without core's client, for programs that have none. */
export const sendByFetch: SendBaseline = async ({ url, key, body, signal }) => {
  try {
    const limit = AbortSignal.timeout(TIMEOUT);
    const answer = await fetch(url, {
      method: "POST",
      headers: headersFor(key.reveal()),
      body,
      redirect: "manual",
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    });
    return { status: answer.status, text: await textOf(answer) };
  } catch (thrown) {
    if (thrown instanceof MlflowAuthError) throw thrown;
    const { what, isTls } = connectionFailureOf(thrown);
    const why = (thrown as Error | undefined)?.name === "TimeoutError" ? `no answer within ${TIMEOUT / 1000} s` : what;
    throw unreachable(url, why, !isTls);
  }
};

/** What every try carries. */
export function headersFor<Key>(key: Key): Record<string, Key | string> {
  return { [HEADER]: key, "Content-Type": "application/json", Accept: "application/json" };
}

/** No answer came. */
export function unreachable({ origin }: URL, why: string, transient: boolean): MlflowAuthError {
  return new MlflowAuthError("SERVER_UNREACHABLE", `${origin} can't be reached: ${why}`, {
    transient,
    remedy: CHECK,
  });
}

async function textOf(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer.body ?? []) {
    length += chunk.length;
    if (length > LONGEST) throw unreachable(new URL(answer.url), "it answers with more than 1 MiB", false);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
