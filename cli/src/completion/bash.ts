import { type CommandWords, optionsWithValue, quoted, variableOptions } from "./words.js";

/** Completion for bash 3.2 and newer, without the bash-completion package. */
export function bashScript(program: CommandWords, commands: readonly CommandWords[]): string {
  const valued = optionsWithValue([program, ...commands]);
  const names = valued.flatMap((option) => option.names).join("|");
  const listed = valued.flatMap(({ names: own, value }) => {
    if (!Array.isArray(value)) return [];
    return [`    ${own.join("|")}) COMPREPLY=($(compgen -W ${quoted(value.join(" "))} -- "$cur")); return ;;`];
  });
  const words = (own: CommandWords, more: readonly string[]) =>
    quoted([...more, ...own.options.flatMap((option) => option.names)].join(" "));
  const cases = commands.map((command) => `    ${command.name}) words=${words(command, command.choices)} ;;`);
  const running = commands.filter(({ runsProgram }) => runsProgram).map(({ name }) => name);
  const variables = variableOptions([program, ...commands]).map((name) => `${name}=`);
  if (variables.length > 0) listed.push(`    ${variables.join("|")}) COMPREPLY=($(compgen -e -- "$cur")); return ;;`);
  return `# mlflow-auth completion for bash. In ~/.bashrc: eval "$(mlflow-auth completion bash)"
_mlflow_auth() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command="" words="" i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case $command:\${COMP_WORDS[i]} in
      # bash takes --option=value for three words.
      *:=) ((i++)) ;;
      *:${names.replaceAll("|", "|*:")}) ((i++)) ;;
      ${running.map((name) => `${name}:--`).join("|")})
        ((i == COMP_CWORD - 1)) && COMPREPLY=($(compgen -c -- "$cur")); return ;;
      ${running.map((name) => `${name}:[!-]*`).join("|")}) return ;;
      *:-*) ;;
      :*) command=\${COMP_WORDS[i]} ;;
    esac
  done
  if [[ $cur == = ]]; then
    prev=${"${prev}="} cur=""
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]}=
  fi
  case $prev in
${listed.join("\n")}
    ${names}) return ;;
  esac
  case $command in
    "") words=${words(
      program,
      commands.map(({ name }) => name),
    )} ;;
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
# Where nothing of this fits, readline completes file names.
complete -o default -F _mlflow_auth mlflow-auth
`;
}
