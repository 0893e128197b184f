/** P2: requests per second of undici with the interceptor against bare undici, both sending the same bytes. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { percentile, type Result, whole } from "./measure.ts";
import type { Round, Start } from "./p2-client.ts";
import { type VaultSetup, vaultSetup } from "./vault-setup.ts";

/** Pairs of processes. There are many, for each is a little faster or slower than others of its kind for as long as it runs. */
const PAIRS = 12;
/** Rounds of each pair that count. */
const ROUNDS = 25;
/** Rounds that come before those, and are thrown away. */
const WARM_UP = 10;
/** Requests of a round. */
const REQUESTS = 1_000;

type Side = Start["side"];
const none: Round = { rate: 0, cpu: 0 };

/** One row: the median of the ratios of all rounds. */
export async function p2(): Promise<Result[]> {
  const upstream = fork(path("upstream.ts"), { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  const [line] = (await once(upstream.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  const origin = line.toString().trim();
  const setup = await vaultSetup(origin);
  const url = `${origin}/api/2.0/mlflow/runs/get?run_id=1`;

  const rates: Record<Side, number[]> = { bare: [], own: [] };
  const costs: Record<Side, number[]> = { bare: [], own: [] };
  const ratios: number[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    // Each side has a process. In one, undici would serve two kinds of handlers: both sides would pay for it, and no user does.
    const clients = { bare: await start("bare", url, setup), own: await start("own", url, setup) };
    for (let round = -WARM_UP; round < ROUNDS; round++) {
      // They take turns in going first, so that neither always finds the machine warm.
      const order: Side[] = round % 2 === 0 ? ["bare", "own"] : ["own", "bare"];
      const now: Record<Side, Round> = { bare: none, own: none };
      for (const side of order) now[side] = await ask<Round>(clients[side], REQUESTS);
      if (round < 0) continue;
      for (const side of order) {
        rates[side].push(now[side].rate);
        costs[side].push(now[side].cpu);
      }
      ratios.push(now.own.rate / now.bare.rate);
    }
    for (const client of Object.values(clients)) client.kill();
  }
  upstream.kill();
  await setup.stop();

  const ratio = percentile(ratios, 0.5);
  const cpu = (side: Side) => percentile(costs[side], 0.5).toFixed(1);
  const [own, bare] = [percentile(rates.own, 0.5), percentile(rates.bare, 0.5)];
  return [
    {
      id: "P2",
      what: `requests/s of undici with the interceptor against bare undici, 50 at a time, median of ${PAIRS * ROUNDS} rounds, ${PAIRS} processes each`,
      target: "at least 0.95",
      measured: `${whole(own)} against ${whole(bare)}; CPU a request ${cpu("own")} against ${cpu("bare")} us`,
      ratio,
      met: ratio >= 0.95,
    },
  ];
}

async function start(side: Side, url: string, { options }: VaultSetup): Promise<ChildProcess> {
  const client = fork(path("p2-client.ts"), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  await ask<"ready">(client, { side, url, options } satisfies Start);
  return client;
}

async function ask<T>(client: ChildProcess, message: Start | number): Promise<T> {
  const answer = once(client, "message");
  client.send(message);
  const [value] = (await answer) as [T];
  return value;
}

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
