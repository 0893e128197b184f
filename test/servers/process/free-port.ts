import { createServer } from "node:net";

/** A port of loopback that was free just now. Another program may take it, so its user must be ready to ask again. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Starts a server on a free port of loopback, and on another where it finds that taken.
 *
 * @param start what it throws for a taken port has "in use" in its message, as what servers print
 */
export async function onFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (!/in use/i.test((error as Error).message) || attempt === 5) throw error;
    }
  }
}
