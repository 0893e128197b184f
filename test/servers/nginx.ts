import { readFile, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Front, FrontOptions, FrontRequest } from "./front.ts";
import { type NginxSettings, nginxConfig } from "./nginx/config.ts";
import { onFreePort } from "./process/free-port.ts";
import { type ServerProcess, startProcess, untilReady } from "./process/server-process.ts";
import { temporaryFolder } from "./process/temporary-folder.ts";
import { systemBinary } from "./tools.ts";

/** What nginx lets through, and how it treats connections. */
export interface NginxOptions extends FrontOptions {
  /**
   * Whether a connection serves more than one request. Default: true. When nginx takes over a new configuration, it closes idle
   * connections, and now and then one on which a request is on its way. If that is a POST, no client can send it again.
   */
  keepAlive?: boolean;
}

/** Starts a real nginx. It answers 401 to requests without an accepted credential, and passes on the others without theirs. */
export async function startNginx(options: NginxOptions): Promise<Front> {
  return onFreePort((port) => startOn(port, options));
}

async function startOn(port: number, options: NginxOptions): Promise<Front> {
  const { upstream, accepted, header = "Authorization", basePath = "", keepAlive = true } = options;
  const folder = temporaryFolder("nginx");
  const config = join(folder.path, "nginx.conf");
  const fixed = { folder: folder.path, port, upstream, header, basePath, keepAlive };
  let settings: NginxSettings = { ...fixed, accepted, generation: 1 };
  await writeFile(config, nginxConfig(settings));
  const args = ["-p", folder.path, "-c", config, "-e", join(folder.path, "error.log")];
  const server = startProcess({ command: systemBinary("nginx"), args });
  const stop = async () => {
    await server.stop();
    folder.remove();
  };
  try {
    await untilReady(server, "nginx", () => control(folder.path), 30);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    uri: `http://127.0.0.1:${port}${basePath}`,
    async setAccepted(values) {
      settings = { ...settings, accepted: values, generation: settings.generation + 1 };
      await writeFile(config, nginxConfig(settings));
      await reload(server, folder.path, settings.generation);
    },
    async requests() {
      // nginx has one worker, which writes down what it answered before it answers this.
      await control(folder.path);
      const lines = (await readFile(join(folder.path, "access.log"), "utf8")).split("\n");
      return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as FrontRequest);
    },
    stop,
  };
}

/** Asks which configuration answers, and in which process. */
async function control(folder: string): Promise<{ generation: number; worker: number }> {
  const text = await new Promise<string>((resolve, reject) => {
    const request = httpRequest({ socketPath: join(folder, "control"), agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk) => (body += chunk));
      response.on("end", () => resolve(body)).on("error", reject);
    });
    request.on("error", reject).end();
  });
  const [generation = 0, worker = 0] = text.split(" ").map(Number);
  return { generation, worker };
}

/** Waits until the new worker answers and the old one has ended, or only finishes what it had begun: at most a second. */
async function reload(server: ServerProcess, folder: string, generation: number): Promise<void> {
  const { worker: old } = await control(folder);
  process.kill(server.pid, "SIGHUP");
  const isNew = async () => ((await control(folder)).generation === generation ? true : undefined);
  await untilReady(server, "nginx", isNew, 30);
  for (let waited = 0; waited < 1000 && isAlive(old); waited += 10) await sleep(10);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
