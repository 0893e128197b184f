/** What the demo prints: numbered steps, the commands that were run, and what came of them. */
import { styleText } from "node:util";

type Style = "bold" | "dim" | "red" | "green" | "cyan";

let steps = 0;

/** The first line. */
export function title(text: string): void {
  line(paint("bold", text));
}

/** The heading of a step, with its number. */
export function step(text: string): void {
  steps++;
  line(`\n${paint("bold", `${steps}  ${text}`)}`);
}

/** A sentence below a step. It may have several lines. */
export function say(text: string): void {
  for (const part of text.split("\n")) line(`   ${part}`.trimEnd());
}

/** A command as a user would type it. */
export function command(text: string): void {
  line(`   ${paint("cyan", `$ ${text}`)}`);
}

/** A line that a program printed, or a line of a file. */
export function quote(text: string): void {
  line(`   ${paint("dim", "│")} ${text}`.trimEnd());
}

/** What has been checked and is right. */
export function good(text: string): void {
  line(`   ${paint("green", "✓")} ${text}`);
}

/** Why the demo ends early, on stderr. */
export function failure(text: string): void {
  console.error(`\n${paint("red", "The demo failed.", process.stderr)} ${text}`);
}

/** Any line, by default an empty one. */
export function line(text = ""): void {
  console.log(text);
}

/** Text in a style. It stays plain if the stream is not a terminal, or if NO_COLOR is set. */
function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return process.env["NO_COLOR"] || !stream.isTTY ? text : styleText(style, text, { stream });
}
