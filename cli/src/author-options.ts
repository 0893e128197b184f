/** The options of `plugins` that are about a package that is worked on, in place of those that are installed. */
import { type Command, Option } from "commander";
import { notEmpty } from "./options.js";

/** Each asks a question of its own, so none goes with another. */
export function authorOptions(command: Command): Command {
  const types = "for authors: write the TypeScript types of a plugin's options from its schema";
  const check = "for authors: judge a plugin's package before it is published; this runs its code";
  return command
    .addOption(packageOption("--types [folder]", types).conflicts(["why", "config", "check"]))
    .addOption(packageOption("--check [folder]", check).conflicts(["why", "config"]))
    .option("--no-import", "with --check: run none of the package's code, and say what is left unchecked");
}

/** The folder of the package, by default the working directory (true). */
function packageOption(flags: string, description: string): Option {
  return new Option(flags, `${description} (default: in the working directory)`).argParser(notEmpty);
}
