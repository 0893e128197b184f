/** Requests as core hands them to `dispatch`, and what became of them. */
import type { DispatchedAnswer, DispatchedRequest, RequestAuthProvider } from "@mlflow-auth/core/plugin";
import { testRequest } from "@mlflow-auth/core/testing";

export type Next = () => Promise<DispatchedAnswer>;

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly json: Record<string, never>;
}

/** @param body text as it is, anything else as JSON */
export function dispatched(method: string, path: string, body?: unknown): DispatchedRequest {
  const { signal } = new AbortController();
  const text = typeof body === "string" || body === undefined ? (body ?? "") : JSON.stringify(body);
  return {
    ...testRequest(path, method),
    headers: [
      ["Content-Type", "application/json"],
      ["Origin", "https://mlflow.example.com"],
      ["Host", "mlflow.example.com"],
    ],
    body: async () => Buffer.from(text),
    signal,
  };
}

/** What a client of MLflow's API is told. */
export async function ask(
  provider: RequestAuthProvider,
  request: DispatchedRequest,
  next: Next = () => Promise.reject(new Error("nothing may be sent")),
): Promise<Answered> {
  const { status, headers = {}, body = "" } = await (provider as Required<RequestAuthProvider>).dispatch(request, next);
  const text = typeof body === "string" ? body : Buffer.from(body as Uint8Array).toString("utf8");
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { status, headers: lower, json: text.startsWith("{") ? JSON.parse(text) : {} };
}

export const refused: Next = () => Promise.reject(Object.assign(new Error("connect"), { code: "ECONNREFUSED" }));

/** MLflow, or what stands in front of it, answers so. */
export function answering(status: number, body = "{}"): Next {
  return async () => ({ status, headers: { "content-type": "application/json" }, body });
}
