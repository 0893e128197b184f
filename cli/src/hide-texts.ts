/** What must not be printed, whoever prints it. */

/**
 * Has a stream write something else in place of these texts. They may become more later on. What is written in two pieces with the
 * boundary inside of a text is not recognised.
 *
 * @param shown in their place, as `[token]`
 */
export function hideTexts(
  stream: { write: NodeJS.WriteStream["write"] },
  texts: Iterable<string>,
  shown: string,
): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  // The longer first: one text may be a part of another.
  const without = (text: string, spelled = (hidden: string) => hidden) =>
    [...texts]
      .sort((a, b) => b.length - a.length)
      .reduce((rest, hidden) => rest.replaceAll(spelled(hidden), shown), text);
  stream.write = (chunk: unknown, ...others: unknown[]) => {
    if (typeof chunk === "string") return write(without(chunk), ...others);
    if (!(chunk instanceof Uint8Array)) return write(chunk, ...others);
    // One character per byte, on both sides: what is no text stays as it is.
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
    const left = without(bytes, (hidden) => Buffer.from(hidden).toString("latin1"));
    return write(left === bytes ? chunk : Buffer.from(left, "latin1"), ...others);
  };
}
