/**
 * Ends this program once all that it has printed is out. It does not wait for anything else: a plugin that hangs may hold a timer
 * or a connection for good.
 */
export async function endWith(code: number): Promise<never> {
  const written = (stream: NodeJS.WriteStream) =>
    new Promise((resolve) => {
      // Whoever read it may be gone.
      stream.once("error", resolve);
      stream.write("", resolve);
    });
  await Promise.all([written(process.stdout), written(process.stderr)]);
  process.exit(code);
}
