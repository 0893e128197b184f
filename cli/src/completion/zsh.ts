import { type CommandWords, optionsWithValue, quoted, variableOptions } from "./words.js";

/** Completion for zsh, behind `compinit`. */
export function zshScript(program: CommandWords, commands: readonly CommandWords[]): string {
  const valued = optionsWithValue([program, ...commands]);
  const names = valued.flatMap((option) => option.names).join("|");
  const values = valued.map(({ names: own, value }) => {
    const reply = Array.isArray(value)
      ? `compadd -- ${value.join(" ")}`
      : value === "file"
        ? "_files"
        : "_message value";
    return `    (${own.join("|")}) ${reply}; return ;;`;
  });
  const cases = [program, ...commands].map((command) => {
    const name = command === program ? "''" : command.name;
    const more = command === program ? "_describe command mlflow_commands; " : "";
    const choices = command.choices.length > 0 ? `compadd -- ${command.choices.join(" ")}; ` : "";
    return `    (${name}) ${more}${choices}mlflow_options=(${optionWords(command)}) ;;`;
  });
  const running = commands.filter(({ runsProgram }) => runsProgram).map(({ name }) => name);
  const variables = variableOptions([program, ...commands])
    .map((name) => `  if compset -P ${quoted(`${name}=`)}; then _parameters -g '*export*'; return; fi\n`)
    .join("");
  return `#compdef mlflow-auth
# mlflow-auth completion for zsh. In ~/.zshrc, behind compinit: eval "$(mlflow-auth completion zsh)"
_mlflow_auth() {
  local command="" i
  local -a mlflow_commands mlflow_options
  mlflow_commands=(${commands.map(({ name, description }) => pair(name, description)).join(" ")})
  for ((i = 2; i < CURRENT; i++)); do
    case $command:$words[i] in
      (*:(${names})) ((i++)) ;;
${running.map((name) => `      (${name}:--) words=("\${(@)words[i+1,-1]}"); ((CURRENT -= i)); _normal; return ;;\n      (${name}:[^-]*) words=("\${(@)words[i,-1]}"); ((CURRENT -= i - 1)); _normal; return ;;`).join("\n")}
      (*:-*) ;;
      (:*) command=$words[i] ;;
    esac
  done
${variables}  case $words[CURRENT-1] in
${values.join("\n")}
  esac
  case $command in
${cases.join("\n")}
  esac
  _describe -o option mlflow_options
}
compdef _mlflow_auth mlflow-auth
`;
}

function optionWords({ options }: CommandWords): string {
  return options.flatMap(({ names, description }) => names.map((name) => pair(name, description))).join(" ");
}

function pair(name: string, description: string): string {
  return quoted(`${name}:${description.replaceAll(":", "\\:")}`);
}
