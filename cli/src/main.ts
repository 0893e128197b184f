/** The program `mlflow-auth`: reads the command line, and loads the one command that was asked for. */
import { CommanderError } from "commander";
import { bearLostOutput, endWith } from "./end-with.js";
import { exit } from "./exit-codes.js";
import { createProgram } from "./program.js";

bearLostOutput();

try {
  await createProgram().parseAsync();
} catch (thrown) {
  // Commander has printed what was wrong already.
  if (thrown instanceof CommanderError) await endWith(thrown.exitCode === 0 ? exit.fine : exit.usage);
  else {
    const { reportFailure } = await import("./report-failure.js");
    await endWith(reportFailure(thrown));
  }
}
