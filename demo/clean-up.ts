/**
 * What has to be undone when the demo ends: after its last step, after an error, or at a signal that comes while servers are still
 * being started. So something may be added while the rest is being undone; an AsyncDisposableStack would refuse that.
 */
export interface CleanUp {
  /** Remembers how to undo what was just done. */
  add(undo: () => unknown): void;
  /** Undoes everything, the latest first. A failure is printed, and the rest goes on. A second call waits for the first. */
  run(): Promise<void>;
}

/** A clean-up with nothing in it yet. */
export function createCleanUp(): CleanUp {
  const undos: (() => unknown)[] = [];
  let running: Promise<void> | undefined;

  async function undoAll(): Promise<void> {
    for (let undo = undos.pop(); undo !== undefined; undo = undos.pop()) {
      await Promise.resolve()
        .then(undo)
        .catch((error: Error) => console.error(`while cleaning up: ${error.message}`));
    }
  }

  return { add: (undo) => undos.push(undo), run: () => (running ??= undoAll()) };
}
