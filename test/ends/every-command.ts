/** How each command of the program is called in a trial, so that a new one can't be forgotten. */
import { createProgram } from "../../cli/src/program.ts";

export interface CommandTrial {
  /** Words behind `mlflow-auth`; `URI` stands for the server's. */
  readonly words: string;
  /** Its exit code with a valid file and a server that answers with no MLflow. */
  readonly code: number;
  /** Whether it looks for a file where none is named. */
  readonly searches: boolean;
}

const trials: Readonly<Record<string, CommandTrial>> = {
  init: { words: "init --yes --tracking-uri URI", code: 2, searches: true },
  validate: { words: "validate", code: 0, searches: true },
  headers: { words: "headers URI", code: 0, searches: true },
  tags: { words: "tags URI", code: 0, searches: true },
  doctor: { words: "doctor", code: 1, searches: true },
  exec: { words: "exec -- sh -c 'exit 7'", code: 7, searches: true },
  // It ends by itself only where it can't begin.
  proxy: { words: "proxy --port 0 --token-file /", code: 2, searches: true },
  plugins: { words: "plugins", code: 0, searches: true },
  schema: { words: "schema", code: 0, searches: true },
  "create-plugin": { words: "create-plugin No_Name", code: 2, searches: false },
  help: { words: "help", code: 0, searches: false },
  completion: { words: "completion bash", code: 0, searches: false },
};

/** @throws Error if the program has a command that no trial is written for */
export function everyCommand(): [name: string, trial: CommandTrial][] {
  const names = createProgram().commands.map((command) => command.name());
  const missing = names.filter((name) => trials[name] === undefined);
  if (missing.length > 0) throw new Error(`no trial is written for: ${missing.join(", ")}`);
  return names.map((name) => [name, trials[name] as CommandTrial]);
}
