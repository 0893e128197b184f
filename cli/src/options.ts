/** The options that several commands have, and how the values of options are read. */
import { type Command, InvalidArgumentError, Option } from "commander";

/** Taken before the command as well as behind it. */
export function configOption(): Option {
  return new Option(
    "--config <file>",
    "the configuration file (default: $MLFLOW_AUTH_CONFIG, else the nearest one upwards)",
  );
}

/** The levels are those of `createLogger`. */
export function logLevelOption(): Option {
  const levels = ["debug", "info", "warn", "error", "silent"];
  return new Option("--log-level <level>", "what to log on stderr (default: $MLFLOW_AUTH_LOG, else warn)").choices(
    levels,
  );
}

/**
 * Before a command that logs: a variable of the log that means nothing is refused as the same mistake in an option is.
 *
 * @throws MlflowAuthError `USAGE`
 */
export async function refuseLogVariables(command: Command): Promise<void> {
  const { MLFLOW_AUTH_LOG: level, MLFLOW_AUTH_LOG_FORMAT: format, MLFLOW_AUTH_PLUGIN_DEBUG: debug } = process.env;
  // Nearly always: nothing is loaded for it then.
  if (!level && !format && !debug) return;
  const { logVariableFaults, MlflowAuthError } = await import("@mlflow-auth/core/internal/config");
  const [fault] = logVariableFaults(process.env, command.optsWithGlobals()["logLevel"]);
  if (fault !== undefined) {
    throw new MlflowAuthError("USAGE", fault, { remedy: "correct it, or unset it for the default" });
  }
}

/** Of the commands that lead to one server. */
export function serverOption(): Option {
  return new Option(
    "--server <uri>",
    "the server, one that the file lists (default: $MLFLOW_TRACKING_URI if listed, else the only one)",
  );
}

/**
 * Seconds from 0.1 to 999, with at most three decimals.
 *
 * @throws InvalidArgumentError for anything else
 */
export function seconds(text: string): number {
  const number = Number(text);
  if (!/^\d{1,3}(\.\d{1,3})?$/.test(text) || number < 0.1)
    throw new InvalidArgumentError("It must be from 0.1 to 999.");
  return number;
}

/** An option that may be given again: a list in the order of the command line, empty by default. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, description)
    .default([], "none")
    .argParser((value: string, before: string[]) => [...before, notEmpty(value)]);
}

/** @throws InvalidArgumentError for blanks alone, such as an empty variable of a shell gives */
export function notEmpty(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It must not be empty.");
  return text;
}

/**
 * A port from 0 (any free one) to 65535.
 *
 * @throws InvalidArgumentError for anything else
 */
export function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError("It must be a number from 0 to 65535.");
  return port;
}
