/** A running nginx that takes up another configuration, and how one knows that it has. */
import { request as httpRequest } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "../process/is-alive.ts";
import { type ServerProcess, untilReady } from "../process/server-process.ts";

/** A site that tells, by a socket in nginx's own folder, which configuration answers and in which process. */
export function controlSite(folder: string, generation: number): string {
  return `server {
    listen unix:${folder}/control;
    access_log off;
    return 200 "${generation} $pid";
  }`;
}

/** Asks the {@link controlSite}. */
export async function askControl(folder: string): Promise<{ generation: number; worker: number }> {
  const text = await new Promise<string>((resolve, reject) => {
    const request = httpRequest({ socketPath: `${folder}/control`, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk) => (body += chunk));
      response.on("end", () => resolve(body)).on("error", reject);
    });
    request.on("error", reject).end();
  });
  const [generation = 0, worker = 0] = text.split(" ").map(Number);
  return { generation, worker };
}

/**
 * Has nginx take up what its configuration file says by now. Waits until the new worker answers and the old one has ended, or only
 * finishes what it had begun: at most a second.
 *
 * @param generation what the new file's {@link controlSite} says
 */
export async function reload(server: ServerProcess, folder: string, generation: number): Promise<void> {
  const { worker: old } = await askControl(folder);
  process.kill(server.pid, "SIGHUP");
  const isNew = async () => ((await askControl(folder)).generation === generation ? true : undefined);
  await untilReady(server, "nginx", isNew, 30);
  for (let waited = 0; waited < 1000 && isAlive(old); waited += 10) await sleep(10);
}
