import { styleText } from "node:util";

type Style = "red" | "green" | "yellow" | "bold" | "dim";

/**
 * The text in a style, where the stream is a terminal and NO_COLOR is not set; as it is anywhere else. Alone in its file, for the
 * command line itself needs it, and loads nothing else.
 */
export function paint(stream: NodeJS.WriteStream, style: Style, text: string): string {
  if (process.env["NO_COLOR"] || !stream.isTTY) return text;
  return styleText(style, text, { stream });
}
