/** P2: requests per second of undici with the interceptor against bare undici, both sending the same bytes. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { loadMlflowAuth } from "@mlflow-auth/core";
import { Agent, type Dispatcher, request } from "undici";
import { percentile, type Result, whole } from "./measure.ts";
import { vaultSetup } from "./vault-setup.ts";

const ROUNDS = 120;
const REQUESTS = 1_000;
const CONCURRENCY = 50;

export async function p2(): Promise<Result[]> {
  const upstream = fork(fileURLToPath(new URL("upstream.ts", import.meta.url)), {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const [line] = (await once(upstream.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  const origin = line.toString().trim();
  const setup = await vaultSetup(origin);
  const auth = await loadMlflowAuth(setup.options);
  const [bareAgent, ownAgent] = [new Agent(), new Agent()];
  const sides = { bare: bareAgent, own: ownAgent.compose(auth.interceptor) };
  const url = `${origin}/api/2.0/mlflow/runs/get?run_id=1`;

  // The bare side is given by hand what the interceptor adds.
  const byHand = await auth.headers(url);
  const measure = (side: keyof typeof sides) => requestsPerSecond(sides[side], url, side === "bare" ? byHand : {});

  for (const side of ["bare", "own"] as const) await measure(side);
  const ratios: number[] = [];
  const rates = { bare: [] as number[], own: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    // Who goes first changes, so that neither always finds the machine warm.
    const order = round % 2 === 0 ? (["bare", "own"] as const) : (["own", "bare"] as const);
    for (const side of order) rates[side].push(await measure(side));
    ratios.push((rates.own.at(-1) as number) / (rates.bare.at(-1) as number));
  }
  await bareAgent.close();
  await ownAgent.close();
  await auth.close();
  await setup.stop();
  upstream.kill();

  const ratio = percentile(ratios, 0.5);
  const [own, bare] = [percentile(rates.own, 0.5), percentile(rates.bare, 0.5)];
  return [
    {
      id: "P2",
      what: `requests/s of undici with the interceptor against bare undici, ${CONCURRENCY} at a time, median of ${ROUNDS} pairs`,
      target: "at least 0.97",
      measured: `${whole(own)} against ${whole(bare)}`,
      ratio,
      met: ratio >= 0.97,
    },
  ];
}

async function requestsPerSecond(
  dispatcher: Dispatcher,
  url: string,
  headers: Record<string, string>,
): Promise<number> {
  const start = process.hrtime.bigint();
  let left = REQUESTS;
  const worker = async () => {
    while (left-- > 0) await (await request(url, { dispatcher, headers })).body.dump();
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return REQUESTS / (Number(process.hrtime.bigint() - start) / 1e9);
}
