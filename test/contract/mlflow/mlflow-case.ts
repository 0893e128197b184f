/** A call to an MLflow server. */
export interface MlflowCall {
  readonly method: string;
  readonly path: string;
  /** An object is sent as JSON, a text or bytes as they are. */
  readonly body?: unknown;
  /** Set beside, or instead of, the content type that goes with the body; null takes it away. */
  readonly headers?: Readonly<Record<string, string | null>>;
}

/** What earlier answers gave: ids and page tokens. */
export type Memory = Record<string, string>;

/** Cases are asked in their order; later ones build on earlier ones. */
export interface MlflowCase {
  readonly title: string;
  call(memory: Memory): MlflowCall;
  // biome-ignore lint/suspicious/noExplicitAny: the answers are as many as there are calls
  remember?(answer: any): Memory;
  /** The real message quotes SQL, a Python set or a whole rule: the words are not compared, the codes are. */
  readonly anyMessage?: true;
}

type Query = Readonly<Record<string, string | undefined>>;

const PREFIX = "/api/2.0/mlflow/";

/** The id of a run that no server has. */
export const NO_RUN = "0".repeat(32);

export function get(call: string, query: Query = {}): MlflowCall {
  const pairs = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const search = new URLSearchParams(pairs).toString();
  return { method: "GET", path: `${PREFIX}${call}${search && `?${search}`}` };
}

export function post(call: string, body: unknown): MlflowCall {
  return { method: "POST", path: PREFIX + call, body };
}
