/** The option `--keep-env`, which stands alone or has names behind a `=`. */
import { type Command, Option } from "commander";

/** Which variables a program keeps that `exec` would take out of its environment: all, or these. */
export type KeptVariables = "all" | ReadonlySet<string>;

/** What commander is given where the option stands alone. No variable has such a name. */
const ALL = "*";

/** Undefined where it is not given. */
export function keepEnvOption(): Option {
  const option = new Option(
    "--keep-env <names>",
    "leave the variables that hold the file's credentials in the program's environment: all of them, or those that are named; may be given again",
  ).argParser(keep);
  // Only for the eye.
  option.flags = "--keep-env[=<name>]";
  return option;
}

function keep(text: string, before: KeptVariables | undefined): KeptVariables {
  if (text === ALL || before === "all") return "all";
  return new Set([...(before ?? []), ...text.split(",")]);
}

/**
 * Commander would take the word behind an option with an optional value for that value, and behind `--keep-env` stands the program.
 * So a `--keep-env` alone, among the words that are the command's own, gets its value before they are parsed.
 */
export function allowKeepEnvAlone(command: Command): Command {
  const parse = command.parseOptions.bind(command);
  command.parseOptions = (words) => {
    const own = [...words];
    for (let at = 0; own[at]?.startsWith("-") && own[at] !== "--"; at++) {
      const [name, value] = (own[at] as string).split(/=(.*)/s);
      if (name !== "--keep-env") {
        const takesWord = command.options.some(
          ({ required, long, short }) => required && (long === name || short === name),
        );
        if (takesWord && value === undefined) at++;
      } else if (value === undefined) {
        // No program is named like this, and the variable that was meant would be run as one.
        if (/^[A-Z][A-Z\d]*(?:_[A-Z\d]+)+$/.test(own[at + 1] ?? "")) {
          command.error("error: the name of a variable stands behind a `=`: --keep-env=NAME");
        }
        own[at] = `${name}=${ALL}`;
      } else if (!value.split(",").every((variable) => /^[A-Za-z_]\w*$/.test(variable))) {
        // Not by commander, which repeats what it refuses: that may be a variable's value.
        command.error("error: behind --keep-env= stands the name of a variable, or several with commas between");
      }
    }
    return parse(own);
  };
  return command;
}
