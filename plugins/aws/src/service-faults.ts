/** What an error of the SDK is told as, and the faults that any service of AWS may have. */
import type { ErrorCode } from "@mlflow-auth/core/plugin";

/** An error of the SDK. Its message may quote the request, and is judged but never repeated. */
export interface SdkError {
  readonly name: string;
  readonly message: string;
  readonly cause?: unknown;
  /** Node's, where a file can't be read. */
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** What is told of it. */
export interface Fault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
  readonly transient?: true;
}

/** Of many requests. */
export const throttled: Fault = {
  code: "SECRET_UNREACHABLE",
  message: "AWS gets too many requests (throttled)",
  remedy: "wait, raise cache.ttl, or have the quota of GetSecretValue raised",
  transient: true,
};

/** Of many logins. */
export const throttledLogin: Fault = {
  code: "SECRET_UNREACHABLE",
  message: "AWS has too many logins (throttled)",
  remedy: "wait: sessions are kept until they end, so the plugin makes few; look what else of the account logs in",
  transient: true,
};

/** Of a service that is ill. */
export function failing(status: number | undefined): Fault {
  return {
    code: "SECRET_UNREACHABLE",
    message: `AWS fails${status === undefined ? "" : ` (status ${status})`}`,
    remedy: "wait; https://health.aws.amazon.com shows the state of the service",
    transient: true,
  };
}

/** A name of an exception is no secret, but what does not look like one may be anything. */
export function known(name: string): string {
  return /^[A-Za-z]{1,60}$/.test(name) ? name : "an unknown exception";
}
