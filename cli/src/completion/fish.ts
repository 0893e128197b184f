import { type CommandWords, type OptionWords, optionsWithValue, quoted } from "./words.js";

/** Completion for fish. */
export function fishScript(program: CommandWords, commands: readonly CommandWords[]): string {
  const names = optionsWithValue([program, ...commands]).flatMap((option) => option.names);
  const lines: string[] = [];
  const complete = (command: string, rest: string) =>
    lines.push(`complete -c mlflow-auth -n '__mlflow_auth_command "${command}"' ${rest}`);
  for (const option of program.options) complete("", optionWords(option));
  for (const { name, description, options, choices, runsProgram } of commands) {
    complete("", `-a ${quoted(name)} -d ${quoted(description)}`);
    for (const option of options) complete(name, optionWords(option));
    if (choices.length > 0) complete(name, `-a ${quoted(choices.join(" "))}`);
    if (runsProgram) complete(name, "-a '(__fish_complete_subcommand)'");
  }
  return `# mlflow-auth completion for fish: mlflow-auth completion fish > ~/.config/fish/completions/mlflow-auth.fish
function __mlflow_auth_command -d 'whether this command is being typed; empty: none yet'
  set -l found ''
  set -l skip no
  for word in (commandline -opc)[2..]
    if test $skip = yes
      set skip no
      continue
    end
    switch $word
      case ${names.join(" ")}
        set skip yes
      case '-*'
      case '*'
        set found $word
        break
    end
  end
  test "$found" = "$argv[1]"
end
complete -c mlflow-auth -f
${lines.join("\n")}
`;
}

function optionWords({ names, description, value, takesVariable }: OptionWords): string {
  const flags = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const takes = Array.isArray(value)
    ? ` -x -a ${quoted(value.join(" "))}`
    : value === "file"
      ? " -r -F"
      : value
        ? " -x"
        : takesVariable
          ? " -a '(set --names --export)'"
          : "";
  return `${flags.join(" ")} -d ${quoted(description)}${takes}`;
}
