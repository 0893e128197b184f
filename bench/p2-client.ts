/**
 * One side of P2 in a process of its own: undici as a program uses it, with the interceptor or without. Sends a round of requests for
 * each message, which says how many.
 */
import { loadMlflowAuth } from "@mlflow-auth/core";
import { Agent, type Dispatcher, request } from "undici";
import type { VaultSetup } from "./vault-setup.ts";

const CONCURRENCY = 50;

/** The first message: what to measure, and where. */
export interface Start {
  readonly side: "bare" | "own";
  readonly url: string;
  readonly options: VaultSetup["options"];
}

process.once("message", async ({ side, url, options }: Start) => {
  const auth = await loadMlflowAuth(options);
  // The bare side gets by hand the headers that the interceptor adds.
  const headers = side === "bare" ? { ...(await auth.headers(url)) } : {};
  const dispatcher = side === "bare" ? new Agent() : new Agent().compose(auth.interceptor);
  process.on("message", async (requests: number) => {
    process.send?.(await measure(dispatcher, url, headers, requests));
  });
  process.send?.("ready");
});

/** What one round of requests took. */
export interface Round {
  /** Requests per second. */
  readonly rate: number;
  /** Microseconds of CPU time for each request, of this process alone. */
  readonly cpu: number;
}

async function measure(
  dispatcher: Dispatcher,
  url: string,
  headers: Record<string, string>,
  requests: number,
): Promise<Round> {
  const before = process.cpuUsage();
  const start = process.hrtime.bigint();
  let left = requests;
  const worker = async () => {
    while (left-- > 0) await (await request(url, { dispatcher, headers })).body.dump();
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  const rate = requests / (Number(process.hrtime.bigint() - start) / 1e9);
  const { user, system } = process.cpuUsage(before);
  return { rate, cpu: (user + system) / requests };
}
