/** The program `mlflow-auth`: reads the command line, and loads the one command that was asked for. */
import { CommanderError } from "commander";
import { endWith } from "./end-with.js";
import { createProgram } from "./program.js";

// `mlflow-auth … | head` is not a failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

try {
  await createProgram().parseAsync();
} catch (thrown) {
  // Commander has printed what was wrong already.
  if (thrown instanceof CommanderError) process.exitCode = thrown.exitCode === 0 ? 0 : 2;
  else {
    const { reportFailure } = await import("./report-failure.js");
    await endWith(reportFailure(thrown));
  }
}
