/** What can be typed, taken from the program's own definition. */
import type { Command, Option } from "commander";

/** An option, as far as a shell completes it. */
export interface OptionWords {
  /** `--long`, and `-s` where there is one. */
  readonly names: readonly string[];
  readonly description: string;
  /** What its value may be: undefined for a switch. */
  readonly value?: "file" | "any" | readonly string[] | undefined;
  /** Whether it is a switch that may have the name of a variable behind a `=`. */
  readonly takesVariable?: boolean;
}

/** The program or a command, as far as a shell completes it. */
export interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
  /** What its arguments may be, where that is known. */
  readonly choices: readonly string[];
  /** Whether what follows is a program of its own with its arguments. */
  readonly runsProgram: boolean;
}

/** The program itself, and each of its commands. */
export function wordsOf(program: Command): { program: CommandWords; commands: readonly CommandWords[] } {
  const commands = program.commands.filter((command) => command.name() !== "help");
  return { program: describe(program), commands: commands.map(describe) };
}

function describe(command: Command): CommandWords {
  const options = command.options.filter(({ hidden }) => !hidden);
  const help = { names: ["--help", "-h"], description: "display help for command" };
  return {
    name: command.name(),
    description: oneLine(command.description()),
    options: [...options.map(optionOf), help],
    choices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    runsProgram: command.registeredArguments.some(({ variadic }) => variadic),
  };
}

function optionOf({ long, short, description, required, optional, argChoices, flags }: Option): OptionWords {
  const names = [long, short].filter((name) => name !== undefined && name !== null);
  if (flags.includes("[=")) return { names, description: oneLine(description), takesVariable: true };
  const takesFile = /[<[](file|path|folder)[>\]]/.test(flags);
  const value = required || optional ? (argChoices ?? (takesFile ? "file" : "any")) : undefined;
  return { names, description: oneLine(description), value };
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ");
}

/** A text as one word of a shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Every option with a value of the program and its commands, each once. */
export function optionsWithValue(all: readonly CommandWords[]): OptionWords[] {
  const found = new Map<string, OptionWords>();
  for (const { options } of all) {
    for (const option of options) if (option.value !== undefined) found.set(option.names.join(), option);
  }
  return [...found.values()];
}

/** The names of the options behind whose `=` a variable is named. */
export function variableOptions(all: readonly CommandWords[]): string[] {
  const options = all.flatMap((command) => command.options.filter(({ takesVariable }) => takesVariable));
  return [...new Set(options.flatMap(({ names }) => names))];
}
