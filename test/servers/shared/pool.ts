/**
 * MLflow servers that the runner of the tests starts once and lends to one test file after another, for a start costs five seconds of
 * a processor. No two files have the same server at the same time, and each file finds it clean.
 */
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { type RealMlflow, startOwnMlflow } from "../mlflow.ts";
import { temporaryFolder } from "../process/temporary-folder.ts";
import type { Loan } from "./borrow.ts";
import { cleanMlflow } from "./clean-mlflow.ts";

/** A running pool. */
export interface Pool {
  /** Where files borrow: give it to their processes as `MLFLOW_AUTH_TEST_POOL`. */
  readonly address: string;
  /** Stops all servers. */
  stop(): Promise<void>;
}

/**
 * Opens a pool, which has no servers yet: the first file that borrows one waits for its start. A process that connects gets a line of
 * JSON, a {@link Loan}, and has the server until the connection ends.
 */
export async function openPool(): Promise<Pool> {
  const folder = temporaryFolder("pool");
  const all: RealMlflow[] = [];
  const idle: RealMlflow[] = [];

  async function lend(socket: Socket): Promise<void> {
    const ended = new Promise((resolve) => socket.on("error", () => undefined).once("close", resolve));
    socket.resume();
    const say = (loan: Loan) => socket.write(`${JSON.stringify(loan)}\n`);
    try {
      const mlflow = idle.pop() ?? (await startAnother());
      say({ uri: mlflow.uri });
      await ended;
      await takeBack(mlflow);
    } catch (error) {
      say({ error: (error as Error).message });
    }
  }

  async function startAnother(): Promise<RealMlflow> {
    const started = await startOwnMlflow();
    all.push(started);
    return started;
  }

  /** A server that can't be cleaned is not lent again. */
  async function takeBack(mlflow: RealMlflow): Promise<void> {
    await cleanMlflow(mlflow.uri).then(
      () => idle.push(mlflow),
      () => mlflow.stop(),
    );
  }

  const address = join(folder.path, "socket");
  const server = createServer((socket) => void lend(socket));
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(address, resolve));
  return {
    address,
    async stop() {
      server.close();
      await Promise.all(all.map((mlflow) => mlflow.stop()));
      folder.remove();
    },
  };
}
