/**
 * What a command prints on stdout, and nobody else while it runs: a line of a plugin, or of a library of its, would break its JSON. What
 * goes past Node's streams can't be kept from it: `fs.writeSync(1, …)`, native code, and a child process that inherits stdout.
 */

type Write = NodeJS.WriteStream["write"];

/** How stdout is written where it is kept. */
let own: Write | undefined;

/** @param done called once it is out, as far as this process can tell */
export function writeOut(text: string, done?: () => void): void {
  const write = own ?? process.stdout.write.bind(process.stdout);
  write(text, done);
}

/** Writes a line on stdout, or several. */
export function print(text: string): void {
  // Not by the console, whose groups a plugin may have opened.
  writeOut(`${fit(text)}\n`);
}

let fit = (text: string) => text;

/**
 * From now on what anybody else writes on `process.stdout`, by the console or not, goes to stderr.
 *
 * @param fitting what becomes of a text that {@link print} is given. Default: nothing
 */
export function keepStdout(fitting = fit): void {
  fit = fitting;
  const { stdout } = process;
  own = stdout.write.bind(stdout);
  // Looked up each time: it may be silent, or speak JSON.
  stdout.write = ((...given: Parameters<Write>) => process.stderr.write(...given)) as typeof stdout.write;
  stdout.end = ((...given: unknown[]) => {
    const done = given.findLast((one) => typeof one === "function") as (() => void) | undefined;
    const [chunk] = given;
    if (typeof chunk === "string" || chunk instanceof Uint8Array) process.stderr.write(chunk, done);
    else done?.();
    return stdout;
  }) as typeof stdout.end;
}
