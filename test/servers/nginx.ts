import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Front, FrontOptions, FrontRequest } from "./front.ts";
import { type NginxSettings, nginxConfig } from "./nginx/config.ts";
import { askControl, reload } from "./nginx/reload.ts";
import { onFreePort } from "./process/free-port.ts";
import { startProcess, untilReady } from "./process/server-process.ts";
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
    await untilReady(server, "nginx", () => askControl(folder.path), 30);
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
      await askControl(folder.path);
      const lines = (await readFile(join(folder.path, "access.log"), "utf8")).split("\n");
      return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as FrontRequest);
    },
    stop,
  };
}
