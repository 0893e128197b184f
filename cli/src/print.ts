/** What a command prints on stdout, and nobody else while it runs: a line of a plugin among it would break its JSON. */
import { inspect } from "node:util";

/** Writes a line on stdout. */
export function print(text: string): void {
  // Not by the console, whose groups a plugin may have opened.
  process.stdout.write(`${text}\n`);
}

/** From now on `console.log` and its like write on stderr, whoever calls them, and only {@link print} on stdout. */
export function keepStdout(): void {
  // By these the others write: tables, groups, counters, timers.
  console.log = console.info = console.debug = console.dirxml = console.error;
  console.dir = (item, options) => console.error(inspect(item, { customInspect: false, ...options }));
}
