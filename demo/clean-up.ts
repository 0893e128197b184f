/** What has to be undone, whichever way the demo ends. */
export interface CleanUp {
  add(undo: () => unknown): void;
  /** Undoes it all, the latest first. A second call waits for the first. */
  run(): Promise<void>;
}

export function createCleanUp(): CleanUp {
  const undos: (() => unknown)[] = [];
  let running: Promise<void> | undefined;

  async function undoAll(): Promise<void> {
    for (let undo = undos.pop(); undo !== undefined; undo = undos.pop()) {
      // What can't be undone must not keep the rest from being undone.
      await Promise.resolve()
        .then(undo)
        .catch((error: Error) => console.error(`while cleaning up: ${error.message}`));
    }
  }

  return { add: (undo) => undos.push(undo), run: () => (running ??= undoAll()) };
}
