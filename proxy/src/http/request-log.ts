/** Tells at debug how each request that came to a front ended: answered, refused by the front itself, or broken off. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger, OpenedAuthorizer } from "@mlflow-auth/core/internal";
import type { Refusal } from "./refusal.js";

/** One for all requests of a front. */
export interface RequestLog {
  /**
   * Follows a request to its end.
   *
   * @param path what may be told of its address: never a token of the front
   */
  follow(req: IncomingMessage, res: ServerResponse, path: string): FollowedRequest;
  /** Tells of what was refused and is no request: of bytes that do not parse nothing else is known. */
  refusedBytes(refusal: Refusal): void;
}

/** What is told of a request beside its method, its status and its time; each as far as it gets known. */
export interface FollowedRequest {
  path: string;
  /** The URI of its listed server, as the file has it. */
  server?: string;
  /** The code of what it was refused for. */
  refused?: string;
  /** What the server's answer broke off with. */
  broken?: string;
}

/** @returns undefined where nobody reads it: it costs nothing then */
export function createRequestLog(
  { answers: { tell } }: Pick<OpenedAuthorizer, "answers">,
  logger: Logger,
): RequestLog | undefined {
  if (tell === undefined) return undefined;
  return {
    follow(req, res, path) {
      const began = performance.now();
      const request: FollowedRequest = { path };
      res.once("close", () => {
        const { path, server, refused, broken } = request;
        const { statusCode: status, writableFinished } = res;
        const answered = refused === undefined ? status : { refused, status };
        const end = writableFinished ? answered : { broken: broken ?? "given up" };
        tell({ server, method: req.method ?? "", path, end, milliseconds: performance.now() - began });
      });
      return request;
    },
    refusedBytes(refusal) {
      const reason = reasonOf(refusal);
      logger.debug(
        { status: refusal.status, reason },
        `what is no request: refused with ${refusal.status} (${reason})`,
      );
    },
  };
}

/** The code of what a request was refused for: ours, where there is one, else MLflow's. */
export function reasonOf({ code, errorCode }: Refusal): string {
  return code ?? errorCode;
}
