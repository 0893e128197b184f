/** What a command prints on stdout, and nobody else while it runs: a line of a plugin among it would break its JSON. */
import { Console } from "node:console";
import { syncBuiltinESMExports } from "node:module";

const log = console.log.bind(console);

/** Writes a line on stdout. */
export function print(text: string): void {
  log(text);
}

/** What writes on stdout, and what counts or indents for it. */
const METHODS = [
  "log",
  "info",
  "debug",
  "dir",
  "dirxml",
  "table",
  "group",
  "groupCollapsed",
  "groupEnd",
  "count",
  "countReset",
  "time",
  "timeEnd",
  "timeLog",
] as const;

/** From now on `console.log` and its like write on stderr, whoever calls them, and only {@link print} on stdout. */
export function keepStdout(): void {
  const onStderr = new Console({ stdout: process.stderr, stderr: process.stderr });
  for (const name of METHODS) Object.assign(console, { [name]: onStderr[name] });
  // For who imports them from node:console.
  syncBuiltinESMExports();
}
