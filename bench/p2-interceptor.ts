/** P2: requests per second of undici with the interceptor against bare undici, both sending the same bytes. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { percentile, type Result, whole } from "./measure.ts";
import type { Start } from "./p2-client.ts";
import { vaultSetup } from "./vault-setup.ts";

const ROUNDS = 200;
const REQUESTS = 1_000;

export async function p2(): Promise<Result[]> {
  const upstream = fork(path("upstream.ts"), { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  const [line] = (await once(upstream.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  const origin = line.toString().trim();
  const setup = await vaultSetup(origin);
  const url = `${origin}/api/2.0/mlflow/runs/get?run_id=1`;

  // A process each: in one, undici would serve two kinds of handlers, which costs both sides and no user.
  const start = async (side: Start["side"]) => {
    const client = fork(path("p2-client.ts"), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    await ask<"ready">(client, { side, url, options: setup.options } satisfies Start);
    return client;
  };
  const clients = { bare: await start("bare"), own: await start("own") };
  const measure = (side: keyof typeof clients) => ask<number>(clients[side], REQUESTS);

  for (let round = 0; round < 20; round++) for (const side of ["bare", "own"] as const) await measure(side);
  const ratios: number[] = [];
  const rates = { bare: [] as number[], own: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    // Who goes first changes, so that neither always finds the machine warm.
    const order = round % 2 === 0 ? (["bare", "own"] as const) : (["own", "bare"] as const);
    for (const side of order) rates[side].push(await measure(side));
    ratios.push((rates.own.at(-1) as number) / (rates.bare.at(-1) as number));
  }
  for (const child of [clients.bare, clients.own, upstream]) child.kill();
  await setup.stop();

  const ratio = percentile(ratios, 0.5);
  const [own, bare] = [percentile(rates.own, 0.5), percentile(rates.bare, 0.5)];
  return [
    {
      id: "P2",
      what: `requests/s of undici with the interceptor against bare undici, 50 at a time, median of ${ROUNDS} pairs`,
      target: "at least 0.97",
      measured: `${whole(own)} against ${whole(bare)}`,
      ratio,
      met: ratio >= 0.97,
    },
  ];
}

async function ask<T>(client: ChildProcess, message: Start | number): Promise<T> {
  const answer = once(client, "message");
  client.send(message);
  const [value] = (await answer) as [T];
  return value;
}

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
