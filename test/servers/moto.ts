import { onFreePort } from "./process/free-port.ts";
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
  const command = await motoBinary();
  return onFreePort(async (port) => {
    const endpoint = `http://127.0.0.1:${port}`;
    const server = startProcess({ command, args: ["-H", "127.0.0.1", "-p", String(port)] });
    try {
      await untilReady(server, "moto", async () => ((await fetch(`${endpoint}/moto-api/`)).ok ? true : undefined), 60);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return { endpoint, stop: server.stop };
  });
}
