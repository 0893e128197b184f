import { isMlflowAuthError, type Logger } from "@mlflow-auth/core/internal";

/**
 * Reports failures to whoever runs the proxy: a client that repeats its requests hides them for minutes. A failure of a server
 * is reported once, until that server answers again or fails in another way.
 */
export class FailureLog {
  readonly #logger: Logger;
  readonly #last = new Map<string, string>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  failed(thrown: unknown, message: string, server: string): void {
    if (this.#last.get(server) === message) return;
    this.#last.set(server, message);
    const { code, plugin } = isMlflowAuthError(thrown) ? thrown : {};
    this.#logger.warn({ server, ...(code && { code }), ...(plugin && { plugin }) }, message);
  }

  answered(server: string): void {
    if (this.#last.size > 0) this.#last.delete(server);
  }
}
