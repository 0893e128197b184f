/** How the proxy says no: JSON of the shape that MLflow's own server answers with, so that every MLflow client prints it. */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import { endAfterUpload } from "./linger.js";
import { hasBody } from "./upload.js";

/**
 * The names of MLflow's error codes that the proxy uses. MLflow's Python client warns about a code that it does not know, so
 * ours travels beside it, in `code`, and at the head of the message.
 */
export type MlflowErrorCode =
  | "BAD_REQUEST"
  | "INTERNAL_ERROR"
  | "NOT_IMPLEMENTED"
  | "PERMISSION_DENIED"
  | "TEMPORARILY_UNAVAILABLE"
  | "UNAUTHENTICATED";

export interface Refusal {
  readonly status: number;
  readonly errorCode: MlflowErrorCode;
  /** A client reads it after the name of the proxy, a log says by itself who speaks. */
  readonly message: string;
  /** A code of mlflow-auth, where there is one. */
  readonly code?: string | undefined;
}

export function isRefusal(value: object): value is Refusal {
  return "errorCode" in value;
}

export function badRequest(message: string): Refusal {
  return { status: 400, errorCode: "BAD_REQUEST", message };
}

export function forbidden(message: string): Refusal {
  return { status: 403, errorCode: "PERMISSION_DENIED", message };
}

/** Answers with the refusal. Nothing may have been written to the response yet. */
export function refuse(req: IncomingMessage, res: ServerResponse, refusal: Refusal): void {
  const { status, errorCode, code } = refusal;
  const message = `mlflow-auth proxy: ${refusal.message}`;
  const body = JSON.stringify({ error_code: errorCode, message, ...(code === undefined ? {} : { code }) });
  const headers = ["content-type", "application/json", "content-length", String(Buffer.byteLength(body))];
  if (hasBody(req) && !req.complete) {
    headers.push("connection", "close");
    endAfterUpload(req);
  }
  // With a phrase: an answer that could not be written may have left its own behind.
  res.writeHead(status, STATUS_CODES[status] ?? "", headers);
  res.end(body);
}
