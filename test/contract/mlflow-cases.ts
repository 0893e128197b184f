/** Calls to an MLflow server, in an order in which later ones build on earlier ones. */
export interface MlflowCall {
  method: string;
  path: string;
  /** An object is sent as JSON, anything else as it is. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** What earlier answers gave: ids and page tokens. */
export type Memory = Record<string, string>;

export interface MlflowCase {
  title: string;
  call(memory: Memory): MlflowCall;
  // biome-ignore lint/suspicious/noExplicitAny: the answers are as many as there are calls
  remember?(answer: any): Memory;
  /** Compare the status and the error code alone: the real message quotes the server's internals. */
  looseMessage?: true;
}

export const api = (path: string) => `/api/2.0/mlflow/${path}`;
export const get = (path: string, query: Record<string, string | string[]> = {}): MlflowCall => {
  const pairs = Object.entries(query).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  return { method: "GET", path: pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs)}` };
};
export const post = (path: string, body: unknown): MlflowCall => ({ method: "POST", path, body });
