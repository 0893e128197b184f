/** Requests that wait because all connections to their server are taken: nothing else would tell anybody why they hang. */
import type { Logger } from "@mlflow-auth/core/internal";

/** How many requests to one server are under way. */
export interface Load {
  /** All that have come and are not over. */
  underWay: number;
  /** Those of them that have a connection. */
  connected: number;
  isTold?: boolean;
}

/** A request that may have to wait. */
export interface WaitingRequest {
  /** The server's URI, as the file has it. */
  readonly server: string;
  /** Connections that there may be to it. */
  readonly most: number;
  readonly load: Load;
  /** Whether it has no connection yet. */
  readonly isWaiting: () => boolean;
}

/** Warns, once for each server, where the request still waits after `patience` milliseconds. */
export function warnOfWaiting(
  logger: Logger,
  patience: number,
  { server, most, load, isWaiting }: WaitingRequest,
): void {
  if (load.isTold) return;
  const look = () => {
    if (load.isTold || load.connected < most || !isWaiting()) return;
    load.isTold = true;
    const remedy = `see why the server does not answer, or raise \`connections\` of this server above ${most}`;
    const busy = most === 1 ? `a request to ${server} is under way` : `${most} requests to ${server} are under way`;
    const message = `${busy}, and another has waited for ${patience / 1000} s for ${most === 1 ? "it" : "one of them"} to end`;
    logger.warn({ server }, `${message}. Try this: ${remedy}`);
  };
  setTimeout(look, patience).unref();
}
