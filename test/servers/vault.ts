import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { startProcess, untilReady } from "./process/server-process.ts";
import { vaultBinary } from "./tools.ts";

/** How a Vault starts. */
export interface VaultOptions {
  /** Default: 0, which takes a free one. */
  port?: number;
  /** Default: a random one. It can't be of Vault's own kind (`hvs.…`), which Vault refuses here. */
  rootToken?: string;
}

/** A running Vault: the real one, or the fake. */
export interface RealVault {
  /** For example `http://127.0.0.1:41234`. */
  readonly address: string;
  readonly port: number;
  readonly rootToken: string;
  /**
   * Calls its HTTP API.
   *
   * @param path below `/v1/`, for example `sys/mounts/secret`
   * @param token default: the root token; with an empty one, none is sent
   * @returns the parsed answer, undefined if it has no body
   * @throws Error that names the call and the status, if that is 400 or more
   */
  // biome-ignore lint/suspicious/noExplicitAny: the answers are as many as there are calls
  request(method: string, path: string, body?: unknown, token?: string): Promise<any>;
  stop(): Promise<void>;
}

/**
 * Starts a real Vault: KV v1 and v2, token and AppRole login. It keeps everything in memory, and nothing is mounted. For a Vault that
 * comes back after an outage, start another one with the port and the root token of the first, and write its secrets again.
 */
export async function startVault(options: VaultOptions = {}): Promise<RealVault> {
  const { port = 0, rootToken = `root-${randomUUID()}` } = options;
  const server = startProcess({ command: vaultBinary(), args: [`127.0.0.1:${port}`, rootToken] });
  const ready = await untilReady(server, "Vault", async () => announcement(server.output()), 60);
  return {
    ...ready,
    port: Number(new URL(ready.address).port),
    request: (method, path, body, token = ready.rootToken) =>
      whenMounted(() => requestVault(ready.address, method, path, body, token)),
    stop: server.stop,
  };
}

function announcement(output: string): { address: string; rootToken: string } | undefined {
  const line = output.split("\n").find((text) => text.startsWith('{"address"') && text.endsWith("}"));
  return line === undefined ? undefined : JSON.parse(line);
}

/** A KV 2 engine that was just mounted may still be setting itself up. It says so, and takes nothing: the call is made again. */
async function whenMounted<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt === 100 || !/upgrading/i.test(String(error))) throw error;
      await sleep(50);
    }
  }
}

/** The `request` of a Vault, real or fake. */
export async function requestVault(
  address: string,
  method: string,
  path: string,
  body: unknown,
  token: string,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const response = await fetch(`${address}/v1/${path}`, {
    method,
    headers: token === "" ? headers : { ...headers, "X-Vault-Token": token },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status >= 400) throw new Error(`Vault answered ${response.status} to ${method} ${path}: ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}
