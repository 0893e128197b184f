/** Sees that the file of a proxy was changed, and whether it can be used as it is now. */
import type { Clock } from "@mlflow-auth/core/internal";
import { textOf } from "../same-meaning.js";

/** Which file, and what to do about a change of it. */
export interface FileWatchOptions {
  /** As the proxy loaded it. */
  readonly file: { readonly path: string; readonly text: string };
  /** Loads and opens what is there now, beside what is in use. Rejects with what is wrong with it. */
  readonly tryOut: () => Promise<void>;
  /** It can be used. Called once at most; nothing is looked at any more. */
  readonly good: () => void;
  /** It can't, and has not been changed further within {@link PAUSE}. Called once for each text. */
  readonly bad: (thrown: unknown) => void;
  readonly clock: Pick<Clock, "setTimeout">;
}

/** Milliseconds between two looks. An editor has written the whole of it by then. */
export const PAUSE = 2_000;

/** Looks from time to time until it is closed. */
export interface FileWatch {
  close(): void;
}

/** Begins to look after the first {@link PAUSE}. */
export function watchFile({ file, tryOut, good, bad, clock }: FileWatchOptions): FileWatch {
  let isOver = false;
  /** The text that could not be used, where there was one; undefined where it could not be read either. */
  let faulty: { readonly text: string | undefined; isTold: boolean } | undefined;

  async function look(): Promise<void> {
    const text = textOf(file.path);
    if (text === file.text) faulty = undefined;
    else if (faulty === undefined || faulty.text !== text || !faulty.isTold) await judge(text);
    if (!isOver) wait();
  }

  async function judge(text: string | undefined): Promise<void> {
    try {
      await tryOut();
      if (isOver) return;
      isOver = true;
      good();
    } catch (thrown) {
      const isTold = faulty !== undefined && faulty.text === text;
      faulty = { text, isTold };
      if (isTold && !isOver) bad(thrown);
    }
  }

  function wait(): void {
    clock.setTimeout(() => !isOver && void look(), PAUSE);
  }

  wait();
  return {
    close() {
      isOver = true;
    },
  };
}
