import { freePort } from "./process/free-port.ts";
import { startProcess, untilReady } from "./process/server-process.ts";
import { motoBinary } from "./tools.ts";

/** A running moto: AWS Secrets Manager and STS in memory, which accept any key. */
export interface Moto {
  /** Of all its services, for example `http://127.0.0.1:41234`. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Starts moto with nothing in it. */
export async function startMoto(): Promise<Moto> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const endpoint = `http://127.0.0.1:${port}`;
    const server = startProcess({ command: await motoBinary(), args: ["-H", "127.0.0.1", "-p", String(port)] });
    try {
      await untilReady(server, "moto", async () => ((await fetch(`${endpoint}/moto-api/`)).ok ? true : undefined), 60);
      return { endpoint, stop: server.stop };
    } catch (error) {
      await server.stop();
      if (!/in use/i.test((error as Error).message) || attempt === 5) throw error;
    }
  }
}
