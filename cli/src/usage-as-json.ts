/** Wrong usage, for those who read JSON. */
import { MlflowAuthError } from "@mlflow-auth/core/internal/config";
import type { Command, CommanderError } from "commander";
import { reportFailure } from "./report-failure.js";

/**
 * Prints it on stdout where a command that has `--json` was given it. Commander gives up before it has read all options, so they are
 * looked for here.
 *
 * @param words of the command line, behind the program's name
 */
export function usageAsJson({ message }: CommanderError, program: Command, words: readonly string[]): void {
  const end = words.indexOf("--");
  const own = end === -1 ? words : words.slice(0, end);
  const named = own.map((word) => program.commands.find((one) => one.name() === word));
  const command = named.find((one) => one !== undefined);
  if (command === undefined || !own.includes("--json") || !command.options.some(({ long }) => long === "--json"))
    return;
  const [first = ""] = message.split("\n");
  const remedy = `mlflow-auth ${command.name()} --help`;
  reportFailure(new MlflowAuthError("USAGE", first.replace(/^error: /, ""), { remedy }), { json: true });
}
