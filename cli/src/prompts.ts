/**
 * The questions' shapes. They are asked on stderr, so that stdout stays free, and Ctrl-C ends them all. What they show comes from
 * plugins' schemas and the environment, and gives no orders to the terminal.
 */
import { confirm, isCancel, multiselect, select, text } from "@clack/prompts";
import { printable } from "@mlflow-auth/core/internal/config";
import { Cancelled } from "./cancelled.js";

/** Ctrl-D closes the input, of which the library takes no notice: nothing would be left to wait for. */
const closed = new AbortController();
process.once("beforeExit", () => closed.abort());

// A terminal that does not say how wide it is has 0 columns, and the library would put each character on a line of its own.
if (process.stderr.columns === 0) process.stderr.columns = 80;

/** What all questions have in common. */
const common = { output: process.stderr, signal: closed.signal };

interface TextQuestion {
  readonly message: string;
  /** What Enter alone stands for. */
  readonly usual?: string | undefined;
  /** What Enter alone stands for, in words; default: `usual` itself. */
  readonly hint?: string | undefined;
  /** Why an answer can't be taken. */
  check(answer: string): string | undefined;
}

/**
 * Asks for a text until it passes the check. Without white space around it.
 *
 * @throws Cancelled
 */
export async function askText({ message, usual, hint, check }: TextQuestion): Promise<string> {
  const answer = await text({
    message: printable(message),
    placeholder: printable(hint ?? usual ?? ""),
    defaultValue: usual ?? "",
    validate: (typed) => {
      const answered = typed?.trim() || usual;
      return answered === undefined ? "this is needed" : check(answered);
    },
    ...common,
  });
  return taken(answer).trim();
}

/**
 * Asks for yes or no.
 *
 * @param usual what Enter stands for
 * @throws Cancelled
 */
export async function askYesNo(message: string, usual: boolean): Promise<boolean> {
  return taken(await confirm({ message: printable(message), initialValue: usual, ...common }));
}

interface Option {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
  readonly disabled?: boolean;
}

/**
 * Has one of the options chosen, and gives its value.
 *
 * @throws Cancelled
 */
export async function askOne(message: string, options: Option[]): Promise<string> {
  return taken(await select({ message: printable(message), options: shown(options), ...common }));
}

/**
 * Has one or more of the options chosen, and gives their values.
 *
 * @throws Cancelled
 */
export async function askSome(message: string, options: Option[], initialValues: string[]): Promise<string[]> {
  return taken(
    await multiselect({
      message: printable(message),
      options: shown(options),
      initialValues,
      required: true,
      ...common,
    }),
  );
}

function shown(options: readonly Option[]): Option[] {
  return options.map((option) => ({ ...option, label: printable(option.label) }));
}

function taken<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) throw new Cancelled();
  return answer as Exclude<T, symbol>;
}
