import { commandNames, findCommand, printable, similarName } from "@mlflow-auth/core/internal/config";
import type { Command } from "commander";
import { commandFault, commandSources, meantPackage } from "../installed/plugin-commands.js";
import { paint } from "../paint.js";
import { writeOut } from "../print.js";

/**
 * Runs the command that an installed plugin adds. Returns the exit code, or the signal that has asked it to end.
 *
 * @param words its name, which is none of the program's own commands, and all that is behind it
 * @throws CommanderError if nothing that is installed has it
 */
export async function pluginCommand(words: readonly string[], program: Command): Promise<number | NodeJS.Signals> {
  const [name = "", ...args] = words;
  const options = program.opts();
  const { file, installed } = await commandSources(options["config"]);
  const found = findCommand(name, installed, meantPackage(name, file));
  if (found === undefined) {
    const known = [...program.commands.map((command) => command.name()), ...commandNames(installed.manifests.usable)];
    const similar = similarName(name, known);
    const hint = similar === undefined ? "" : `\n(Did you mean ${printable(similar)}?)`;
    return program.error(`error: unknown command '${printable(name)}'${hint}`, { code: "commander.unknownCommand" });
  }
  const { runCommand } = await import("../plugin-command/run-command.js");
  return await runCommand(found, args, options);
}

/** What follows the program's own help: the commands of plugins that can be run, each with its package. Never fails: help is help. */
export async function listCommands(stream: NodeJS.WriteStream, program: Command): Promise<void> {
  try {
    const own = program.commands.map((command) => command.name());
    const help = program.createHelp();
    // As wide as commander makes the column above.
    const width = help.padWidth(program, help);
    const sources = await commandSources(program.opts()["config"]);
    const lines = sources.installed.manifests.usable.flatMap((manifest) =>
      Object.keys(manifest.commands)
        .filter((name) => commandFault(name, sources, own) === undefined)
        .map((name) => `  ${name.padEnd(width)}  ${paint(stream, "dim", `of ${manifest.name}`)}`),
    );
    if (lines.length === 0) return;
    const text = `\nOf installed plugins:\n${lines.join("\n")}\n`;
    if (stream === process.stdout) writeOut(text);
    else stream.write(text);
  } catch {
    // A file that can't be read is told of by the command that needs it.
  }
}
