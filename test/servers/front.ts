/** A proxy in front of an MLflow server, in the tests and the demo: nginx, or a few lines of Node. */
export interface Front {
  /** Where clients reach it, with the base path and without a slash at the end. */
  readonly uri: string;
  /** Once it resolves, the front lets through these values and no others. */
  setAccepted(values: readonly string[]): Promise<void>;
  /** All requests that have been answered, in the order of their answers. */
  requests(): Promise<readonly FrontRequest[]>;
  stop(): Promise<void>;
}

/** What a front lets through, and where to. */
export interface FrontOptions {
  /** The URI of the server behind it, without a path. */
  upstream: string;
  /** Whole values of the header that are let through, such as `Bearer abc`. */
  accepted: readonly string[];
  /** The name of that header. Default: `Authorization`. */
  header?: string;
  /** The path below which everything is served, such as `/base`. Default: none. */
  basePath?: string;
}

/** A request as a front saw it. It never holds a credential, nor a query, which may hold one. */
export interface FrontRequest {
  readonly method: string;
  /** With the base path, without the query. */
  readonly path: string;
  /** The status of the answer: the front's own 401, or what the server behind it said. */
  readonly status: number;
  /** Whether the request had the header that the front looks at, right or wrong. */
  readonly credential: boolean;
}

/** What a front answered with 401, or saw come without the header that it looks at. */
export async function refusedBy(front: Front): Promise<FrontRequest[]> {
  return refusedAmong(await front.requests());
}

/** Those of the requests. */
export function refusedAmong(requests: readonly FrontRequest[]): FrontRequest[] {
  return requests.filter(({ status, credential }) => status === 401 || !credential);
}

/** The `WWW-Authenticate` of a 401; undefined for a header that has no schemes. */
export function challenge(header: string, accepted: readonly string[]): string | undefined {
  if (header.toLowerCase() !== "authorization") return undefined;
  return accepted.some((value) => value.startsWith("Basic ")) ? 'Basic realm="mlflow"' : 'Bearer realm="mlflow"';
}
