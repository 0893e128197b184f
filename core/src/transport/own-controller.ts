/** What a client steers an answer by that comes from a plugin, in place of a connection's. */
import type { Dispatcher } from "undici";

/** One answer's. */
export class OwnController implements Dispatcher.DispatchController {
  /** As undici gives them: name and value in turn. fetch and older undicis read these. */
  rawHeaders: Buffer[] = [];
  readonly #ending = new AbortController();
  #paused: PromiseWithResolvers<void> | undefined;

  /** Aborted when the client gives up. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  get aborted(): boolean {
    return this.signal.aborted;
  }

  get reason(): Error | null {
    return this.aborted ? (this.signal.reason as Error) : null;
  }

  get paused(): boolean {
    return this.#paused !== undefined;
  }

  pause(): void {
    this.#paused ??= Promise.withResolvers();
  }

  resume(): void {
    this.#paused?.resolve();
    this.#paused = undefined;
  }

  abort(reason: Error): void {
    this.#ending.abort(reason);
    this.resume();
  }

  /** The head of the answer is about to be given. */
  begin(headers: Readonly<Record<string, string | readonly string[]>>): void {
    this.rawHeaders = Object.entries(headers).flatMap(([name, value]) =>
      [value].flat().flatMap((one) => [Buffer.from(name), Buffer.from(one as string, "latin1")]),
    );
  }

  /** Waits for the end of a pause. */
  async whileRunning(): Promise<void> {
    while (this.#paused !== undefined) await this.#paused.promise;
  }

  throwIfAborted(): void {
    this.signal.throwIfAborted();
  }
}
