/** What stands between clients and an MLflow server in the tests and the demo, be it nginx or a few lines of Node. */
export interface Front {
  /** With the base path, without a slash at the end. */
  readonly uri: string;
  /** Lets through these values, and no others, from when it resolves. */
  setAccepted(values: readonly string[]): Promise<void>;
  /** All requests that are answered by now, in the order of their answers. */
  requests(): Promise<readonly FrontRequest[]>;
  stop(): Promise<void>;
}

export interface FrontOptions {
  /** URI of the server behind it, without a path. */
  upstream: string;
  /** Whole values of the header that are let through, such as `Bearer abc`. */
  accepted: readonly string[];
  /** Default `Authorization`. */
  header?: string;
  /** Such as `/base`. Default: none. */
  basePath?: string;
}

/** A request as a front saw it. It never holds a credential, nor a query, in which one may stand. */
export interface FrontRequest {
  readonly method: string;
  /** With the base path, without the query. */
  readonly path: string;
  /** What the client got: the front's own 401, or the status of the server behind it. */
  readonly status: number;
  /** Whether the header that the front looks at was there, right or wrong. */
  readonly credential: boolean;
}

/** What a 401 says about how to authenticate; undefined for a header that has no schemes. */
export function challenge(header: string, accepted: readonly string[]): string | undefined {
  if (header.toLowerCase() !== "authorization") return undefined;
  return accepted.some((value) => value.startsWith("Basic ")) ? 'Basic realm="mlflow"' : 'Bearer realm="mlflow"';
}
