import type { LogFields, Logger } from "./provider/context.js";

/** Warnings and errors as one line each on stderr; the fields name the plugin and the server where the sentence does not. */
export const stderrLogger: Logger = {
  debug() {},
  info() {},
  warn: (fields, message) => write("warning", fields, message),
  error: (fields, message) => write("error", fields, message),
};

function write(level: string, { code }: LogFields, message: string): void {
  process.stderr.write(`mlflow-auth: ${level}: ${message}${code === undefined ? "" : ` [${code}]`}\n`);
}
