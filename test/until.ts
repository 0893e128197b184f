/** Waits for what happens in its own time, in another process or behind a socket. */

/** Milliseconds between two looks. */
const PAUSE = 5;

/**
 * Looks again and again until there is something: what is not false, undefined, null, 0 or "". How long that may take is limited by the
 * test alone.
 */
export async function until<T>(look: () => T | Promise<T>): Promise<Exclude<T, false | undefined | null | 0 | "">> {
  for (;;) {
    const found = await look();
    if (found) return found as Exclude<T, false | undefined | null | 0 | "">;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}
