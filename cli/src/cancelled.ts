/** Ctrl-C or Escape at a question: nothing is written. */
export class Cancelled extends Error {}

/** What a shell reports for a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/** Runs a command that asks. @returns its exit code; where a question was cancelled, what a shell reports for Ctrl-C */
export async function unlessCancelled(run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (thrown) {
    if (!(thrown instanceof Cancelled)) throw thrown;
    console.error("mlflow-auth: nothing was written");
    return INTERRUPTED;
  }
}
