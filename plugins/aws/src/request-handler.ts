/** How the AWS SDK sends: through core's HTTP client, with its rules for proxies, authorities, cleartext and redirects. */
import { Readable } from "node:stream";
import {
  connectionFailureOf,
  type HttpClient,
  type HttpResponse,
  isMlflowAuthError,
  type MlflowAuthError,
} from "@mlflow-auth/core/plugin";

/** As much of a request of the SDK (Smithy's HttpRequest) as is used. */
interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** As much of an answer as the SDK reads. */
interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
}

/** How the options are called that say which authorities are trusted. There is no certificate of one's own. */
export const tlsNames = { ca: "tls.caFile (AWS_CA_BUNDLE)", cert: "", key: "" };

/** Milliseconds for one try: the SDK makes three, within the time that a caller waits. */
const LONGEST_TRY = 4_000;

/** How the last request ended: without an answer, or with one of this status. */
export interface LastAnswer {
  readonly failure?: MlflowAuthError;
  readonly status?: number;
}

/** For the option `requestHandler` of every client of the SDK. */
export interface SdkRequestHandler {
  /** Empty before the first request, and whoever starts something new may empty it. */
  last: LastAnswer;
  readonly metadata: { readonly handlerProtocol: string };
  handle(request: SdkRequest): Promise<{ response: SdkResponse }>;
}

/** What can be tried again is thrown with the name by which the SDK recognises such a thing, and core's error as its cause. */
export function createRequestHandler(http: HttpClient): SdkRequestHandler {
  return {
    last: {},
    metadata: { handlerProtocol: "http/1.1" },
    async handle({ method, headers, body, ...target }) {
      try {
        const url = urlOf(target);
        const answer = await http.send({ url, method, headers, body, tries: "once", timeout: LONGEST_TRY });
        this.last = { status: answer.status };
        return { response: responseOf(answer) };
      } catch (thrown) {
        this.last = isMlflowAuthError(thrown) ? { failure: thrown } : {};
        const mayPass = isMlflowAuthError(thrown) && thrown.transient && !connectionFailureOf(thrown).isTls;
        throw mayPass ? Object.assign(new Error("no answer", { cause: thrown }), { name: "TimeoutError" }) : thrown;
      }
    },
  };
}

function urlOf({
  protocol,
  hostname,
  port,
  path,
  query = {},
}: Omit<SdkRequest, "method" | "headers" | "body">): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((each) => (each === null ? escaped(name) : `${escaped(name)}=${escaped(String(each))}`)),
  );
  const search = pairs.length === 0 ? "" : `?${pairs.join("&")}`;
  return `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}${search}`;
}

/** As AWS signs it: RFC 3986, with nothing but the unreserved characters left. */
export function escaped(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function responseOf({ status, headers, bytes }: HttpResponse): SdkResponse {
  const flat = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(", ")]);
  return { statusCode: status, headers: Object.fromEntries(flat), body: Readable.from([Buffer.from(bytes)]) };
}
