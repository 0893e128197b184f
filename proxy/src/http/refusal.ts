/** What a front says where it says no, in the shape of MLflow's own server, so that every MLflow client prints it. */

/**
 * The names of MLflow's error codes that are used here. MLflow's Python client warns about a code that it does not know, so
 * ours travels beside it, in `code`, and at the head of the message.
 */
export type MlflowErrorCode =
  | "BAD_REQUEST"
  | "INTERNAL_ERROR"
  | "NOT_IMPLEMENTED"
  | "PERMISSION_DENIED"
  | "TEMPORARILY_UNAVAILABLE"
  | "UNAUTHENTICATED";

/** An answer of the front's own: status, MLflow's error code, and what is wrong. */
export class Refusal {
  readonly status: number;
  readonly errorCode: MlflowErrorCode;
  /** A client reads it after the name of the front; a log says by itself who speaks. */
  readonly message: string;
  /** A code of mlflow-auth, where there is one. */
  readonly code: string | undefined;
  /** Seconds after which to try again, for a client that heeds it. */
  readonly retryAfter: number | undefined;

  constructor(status: number, errorCode: MlflowErrorCode, message: string, code?: string, retryAfter?: number) {
    this.status = status;
    this.errorCode = errorCode;
    this.message = message;
    this.code = code;
    this.retryAfter = retryAfter;
  }

  /** The headers that go with {@link body}: flat, name and value in turn. */
  get headers(): readonly string[] {
    const headers = ["content-type", "application/json"];
    if (this.retryAfter !== undefined) headers.push("retry-after", String(this.retryAfter));
    return headers;
  }

  /** The body of the answer: JSON, in MLflow's shape. */
  get body(): string {
    const { errorCode, code } = this;
    const message = `mlflow-auth proxy: ${this.message}`;
    return JSON.stringify({ error_code: errorCode, message, ...(code === undefined ? {} : { code }) });
  }
}

/** A 400: the request itself is at fault. */
export function badRequest(message: string): Refusal {
  return new Refusal(400, "BAD_REQUEST", message);
}

/** A 403: this client may not do this here. */
export function forbidden(message: string): Refusal {
  return new Refusal(403, "PERMISSION_DENIED", message);
}
