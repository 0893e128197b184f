/** MLflow's client in a process of its own, which waits for what it is told to do. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("client.py", import.meta.url));

/** What came of a request: a status, or the first line of an error. */
export interface Sent {
  readonly milliseconds: number;
  readonly outcome: number | string;
}

export interface Client {
  /** The first request of its life, or another one. */
  request(): Promise<Sent>;
  /** Milliseconds of so many requests: of the fastest twentieth the slowest. */
  requests(count: number): Promise<number>;
  /** The first request of so many processes; where each is `alone`, no other has the same variables. */
  first(count: number, how?: "alone"): Promise<Sent[]>;
  /** Outcomes of one request of each child. */
  children(method: "fork" | "spawn", count: number): Promise<Sent["outcome"][]>;
  end(): Promise<void>;
}

/** Once it has imported MLflow and sent nothing. */
export async function startClient(python: string, cwd: string, env: Record<string, string>): Promise<Client> {
  const child = spawn(python, [PROGRAM], { cwd, env, stdio: ["pipe", "pipe", "ignore"] });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${python} ended`);
    return JSON.parse(value);
  };
  const tell = (line: string) => {
    child.stdin.write(`${line}\n`);
    return answer();
  };
  await answer();
  return {
    request: () => tell("request"),
    requests: async (count) => (await tell(`requests ${count}`)).milliseconds,
    first: (count, how) => tell(`${how ?? "first"} ${count}`),
    children: (method, count) => tell(`${method} ${count}`),
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}
