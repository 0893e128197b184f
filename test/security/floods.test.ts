/**
 * Floods by somebody who has no token: what they cost in memory, and what a client with the token notices, beside the same flood on
 * a bare node:http server that closes. Prints the figures. How long the client waits is judged in the long form alone, on a machine
 * that does nothing else; in the short one it is only printed, for what a busy machine does to it is nobody's fault.
 *
 *   node --import ./scripts/typescript.mjs test/security/floods.test.ts
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { fileURLToPath } from "node:url";
import { closeAfterwards, form, long, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { start } from "../../cli/test/command.js";
import { createSite, type Site } from "../../cli/test/project.js";

const test = suite("floods without a token", { timeout: 300 });

const MIB = 1024 * 1024;
/** What was promised. */
const MOST_MEMORY = 100 * MIB;
const MOST_RATIO = 3;
/** Milliseconds: below that, a wait is the noise of the machine. */
const NOISE = 5;
/** Good requests beside each flood, and before it: at least these, and for at least these milliseconds. */
const ROUNDS = long ? 4 : 1;
const [REQUESTS, MILLISECONDS] = long ? [2_000, 10_000] : [100, 700];

/** Connections of each flood. Those of the short form are a sample. */
const floods: Readonly<Record<string, number>> = {
  "refused requests, one behind the other": 20,
  "refused uploads": 20,
  "refused uploads in chunks": 20,
  "uploads that wait for 100": 1_000,
  rubbish: 20,
  "CONNECT, and bytes behind it": 20,
  "nothing at all": 4_000,
  "heads that do not end": 2_000,
  "connections that are reset at once": 100,
};

let site: Site;
test.before(async () => {
  site = await createSite();
});
test.after(() => site.stop());

const loader = fileURLToPath(new URL("../../scripts/typescript.mjs", import.meta.url));

async function program(name: string, ...args: string[]): Promise<{ child: ChildProcess; line: string }> {
  const file = fileURLToPath(new URL(`programs/${name}`, import.meta.url));
  const child = spawn(process.execPath, ["--import", loader, file, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  closeAfterwards(() => child.kill("SIGKILL"));
  const [line] = await once(child.stdout, "data");
  return { child, line: String(line).trim() };
}

async function stopped(child: ChildProcess): Promise<void> {
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}

/** Bytes; 0 where the system does not tell. */
function residentOf({ pid }: ChildProcess): number {
  if (process.platform !== "linux") return 0;
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
}

interface Seen {
  /** Milliseconds. */
  readonly p99: number;
  /** The largest resident size while it lasted, in bytes. */
  readonly peak: number;
  readonly failed: number;
}

/** A client that asks one request after the other, every tenth on a connection of its own. */
async function goodClient(url: string, server: ChildProcess): Promise<Seen> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const waits: number[] = [];
  let [peak, failed] = [0, 0];
  const end = performance.now() + MILLISECONDS;
  for (let i = 0; i < REQUESTS || performance.now() < end; i++) {
    const begun = performance.now();
    if (!(await isAnswered(url, i % 10 === 0 ? false : agent))) failed++;
    waits.push(performance.now() - begun);
    if (i % 20 === 0) peak = Math.max(peak, residentOf(server));
  }
  agent.destroy();
  waits.sort((a, b) => a - b);
  return { p99: waits[Math.floor(waits.length * 0.99)] as number, peak, failed };
}

function isAnswered(url: string, agent: Agent | false): Promise<boolean> {
  return new Promise((resolve) => {
    request(url, { agent }, (res) => {
      res.resume();
      res.on("close", () => resolve(res.statusCode === 200 && res.complete));
    })
      .on("error", () => resolve(false))
      .end();
  });
}

/** What the flood costs a server that runs already. */
async function beside(
  flood: string,
  port: number,
  url: string,
  server: ChildProcess,
): Promise<Seen & { grown: number }> {
  const before = residentOf(server);
  const { child } = await program("flood.ts", flood, String(port), String(floods[flood]));
  const seen = await goodClient(url, server);
  await stopped(child);
  return { ...seen, grown: seen.peak - before };
}

const sample = [
  "refused requests, one behind the other",
  "refused uploads",
  "uploads that wait for 100",
  "nothing at all",
];

for (const [flood, connections] of Object.entries(floods)) {
  if (!long && !sample.includes(flood)) continue;
  test(`${flood}, on ${connections} connections: memory is bounded, and a client with the token is served${form}`, async () => {
    const bare = await program("bare-server.ts");
    const running = start(["proxy", "--port", "0"], { cwd: site.project.folder });
    closeAfterwards(() => running.child.kill("SIGKILL"));
    const url = await running.firstLine();
    // What the first requests cost is no cost of the flood.
    await goodClient(url, running.child);
    let [grown, best] = [0, Number.POSITIVE_INFINITY];
    // The machine may be busy with something else during one of the two.
    for (let round = 0; round < ROUNDS && best > MOST_RATIO; round++) {
      const theirs = await beside(flood, Number(bare.line), `http://127.0.0.1:${bare.line}/good`, bare.child);
      const ours = await beside(flood, Number(new URL(url).port), `${url}/x`, running.child);
      const calm = await goodClient(url, running.child);
      // A request through a proxy takes longer than one to a server, on a busy machine much longer, with a flood or without.
      const ratio = ours.p99 / Math.max(theirs.p99, calm.p99, NOISE);
      best = Math.min(best, ratio);
      grown = Math.max(grown, ours.grown);
      console.log(
        `${flood}: p99 ${ours.p99.toFixed(1)} ms beside ${theirs.p99.toFixed(1)} ms of bare node:http and ${calm.p99.toFixed(1)} ms without a flood: ${ratio.toFixed(2)}; ` +
          `memory +${Math.round(ours.grown / MIB)} beside +${Math.round(theirs.grown / MIB)} MiB; ` +
          `failed ${ours.failed} beside ${theirs.failed}`,
      );
      assert.is(ours.failed, 0);
    }
    running.child.kill("SIGTERM");
    assert.is((await running.end).code, 0);
    assert.ok(grown <= MOST_MEMORY, `${grown} bytes more`);
    if (long) assert.ok(best <= MOST_RATIO, `p99 is ${best} times as long`);
  });
}

test.run();
