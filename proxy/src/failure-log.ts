import { isMlflowAuthError, type Logger } from "@mlflow-auth/core/internal";

/**
 * Reports failures to whoever runs the proxy: a client that repeats its requests hides them for minutes. The same failure of
 * the same server is reported once, until a request succeeds.
 */
export class FailureLog {
  readonly #logger: Logger;
  readonly #reported = new Set<string>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  failed(thrown: unknown, message: string, server: string): void {
    if (this.#reported.has(`${server} ${message}`)) return;
    this.#reported.add(`${server} ${message}`);
    const fields = isMlflowAuthError(thrown)
      ? { code: thrown.code, ...(thrown.plugin ? { plugin: thrown.plugin } : {}) }
      : {};
    this.#logger.warn({ ...fields, server }, message);
  }

  succeeded(): void {
    if (this.#reported.size > 0) this.#reported.clear();
  }
}
