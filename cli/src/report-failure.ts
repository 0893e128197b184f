import { formatError, isMlflowAuthError } from "@mlflow-auth/core/internal/config";
import { exit, exitCodeOf } from "./exit-codes.js";
import { paint } from "./paint.js";

/** Says on stderr what went wrong and what to do about it. Returns the exit code. */
export function reportFailure(thrown: unknown): number {
  if (!isMlflowAuthError(thrown)) {
    // A defect of ours: the stack is what a report of it needs.
    console.error(thrown);
    return exit.problem;
  }
  console.error(formatError(thrown).replace(thrown.code, paint(process.stderr, "red", thrown.code)));
  return exitCodeOf(thrown.code);
}
