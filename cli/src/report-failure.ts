import { formatError, isMlflowAuthError, MlflowAuthError } from "@mlflow-auth/core/internal/config";
import { exit, exitCodeOf } from "./exit-codes.js";
import { fitColumns } from "./fit-columns.js";
import { paint } from "./paint.js";
import { print } from "./print.js";

/**
 * Says on stderr what went wrong and what to do about it. Returns the exit code.
 *
 * @param options.json on stdout, as `{ "error": { "code", "message", "remedy", … } }`: whoever reads that reads data
 */
export function reportFailure(thrown: unknown, { json = false } = {}): number {
  if (!isMlflowAuthError(thrown)) {
    // A defect of ours: the stack is what a report of it needs.
    console.error(thrown);
    return exit.problem;
  }
  if (json) {
    const { code, message, remedy, plugin, server, problems } = thrown;
    const error = { code, message, remedy, plugin, server, ...(problems.length > 0 && { problems }) };
    print(JSON.stringify({ error }, undefined, 2));
    return exitCodeOf(code);
  }
  // One line for each problem of a file; else one error, and below it what to do.
  const codes = thrown.problems.length > 0 ? thrown.problems.map(({ code }) => code) : [thrown.code];
  const lines = formatError(thrown).split("\n");
  const text = lines.map((line, index) => withColour(line, codes[index])).join("\n");
  console.error(fitColumns(text, process.stderr));
  return exitCodeOf(thrown.code);
}

/** The same for what could not be printed, with the system's code for the reason. */
export function reportLostOutput(reason: string): number {
  const remedy = "make room for it, or send it elsewhere";
  return reportFailure(new MlflowAuthError("USAGE", `stdout can't be written (${reason})`, { remedy }));
}

function withColour(line: string, code: string | undefined): string {
  return code === undefined ? line : line.replace(code, paint(process.stderr, "red", code));
}
