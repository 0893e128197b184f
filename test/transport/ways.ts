/** One GET to a listed server by each way to use mlflow-auth, as a program of its own where that is how it is used. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { isMlflowAuthError, type LoadMlflowAuthOptions, loadMlflowAuth, type MlflowAuthError } from "@mlflow-auth/core";
import { Agent, request } from "undici";
import { builtCommand } from "../built-command.ts";
import { killAtEnd } from "../servers/process/lifeline.ts";

export interface Outcome {
  /** Of the answer; undefined where none came. */
  readonly status: number | undefined;
  readonly body: string;
  /** What the program got to know of a failure: code, message and remedy; and what was logged. */
  readonly told: string;
}

export interface Call {
  /** The URI of the server, to which `/api` is added. */
  readonly uri: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Default: the Node that runs the tests. */
  readonly node?: string;
}

export type Way = (call: Call) => Promise<Outcome>;

const registerModule = fileURLToPath(import.meta.resolve("@mlflow-auth/core/register"));

/** Prints an {@link Outcome}. */
const program = `
const told = (error) => [error.code, error.message, error.remedy].join(" ");
try {
  const answer = await fetch(process.argv[2] ?? process.env.MLFLOW_TRACKING_URI + "/api");
  console.log(JSON.stringify({ status: answer.status, body: await answer.text(), told: "" }));
} catch (error) {
  console.log(JSON.stringify({ body: "", told: told(error.cause ?? error) }));
}
`;

/** Goes one of the {@link ways}. @throws Error if there is none of that name */
export function callBy(way: string, call: Call): Promise<Outcome> {
  const chosen = ways[way];
  if (chosen === undefined) throw new Error(`no way is called ${way}`);
  return chosen(call);
}

export const ways: Readonly<Record<string, Way>> = {
  library: ({ uri, folder, env }) =>
    withLibrary({ cwd: folder, env }, async (auth) => {
      const answer = await auth.fetch(`${uri}/api`);
      return { status: answer.status, body: await answer.text() };
    }),
  interceptor: ({ uri, folder, env }) =>
    withLibrary({ cwd: folder, env }, async (auth) => {
      const agent = new Agent();
      try {
        const answer = await request(`${uri}/api`, { dispatcher: agent.compose(auth.interceptor) });
        return { status: answer.statusCode, body: await answer.body.text() };
      } finally {
        await agent.close();
      }
    }),
  register: (call) =>
    runNode(call, ["--import", registerModule, "--input-type=module", "-", `${call.uri}/api`], program),
  exec: (call) => {
    const inner = [call.node ?? process.execPath, "--input-type=module", "-e", program];
    return runNode(call, [builtCommand, "exec", "--server", call.uri, "--", ...inner]);
  },
  async proxy(call) {
    const { node = process.execPath, folder, env, uri } = call;
    const child = spawn(node, [builtCommand, "proxy", "--port", "0", "--server", uri], {
      cwd: folder,
      env: inherited(env),
      detached: true,
    });
    const forget = killAtEnd(child.pid as number);
    let log = "";
    let address = "";
    child.stderr.on("data", (chunk) => (log += chunk));
    child.stdout.on("data", (chunk) => (address += chunk));
    const end = once(child, "close");
    try {
      while (!address.includes("\n")) {
        const [code] = await Promise.race([once(child.stdout, "data").then(() => []), end]);
        if (code !== undefined) return { status: undefined, body: "", told: log };
      }
      const answer = await fetch(`${address.trim()}/api`);
      const body = await answer.text();
      return { status: answer.status, body, told: body + log };
    } finally {
      child.kill();
      await end;
      forget();
    }
  },
};

async function withLibrary(
  options: LoadMlflowAuthOptions,
  use: (auth: Awaited<ReturnType<typeof loadMlflowAuth>>) => Promise<{ status: number; body: string }>,
): Promise<Outcome> {
  let log = "";
  const line = (_fields: object, message: string) => {
    log += `${message}\n`;
  };
  const logger = { debug() {}, info() {}, warn: line, error: line };
  try {
    const auth = await loadMlflowAuth({ ...options, logger });
    try {
      return { ...(await use(auth)), told: log };
    } finally {
      await auth.close();
    }
  } catch (thrown) {
    const { code, message, remedy } = (
      isMlflowAuthError(thrown) ? thrown : ((thrown as Error).cause ?? thrown)
    ) as Partial<MlflowAuthError>;
    const told = [code, message, remedy].join(" ");
    return { status: undefined, body: "", told: told + log };
  }
}

/** Runs a program that prints an {@link Outcome}; where it prints none, what it said on stderr. */
async function runNode({ folder, env, node = process.execPath }: Call, args: string[], input = ""): Promise<Outcome> {
  const child = spawn(node, args, { cwd: folder, env: inherited(env), detached: true });
  const forget = killAtEnd(child.pid as number);
  let out = "";
  let log = "";
  child.stdout.on("data", (chunk) => (out += chunk));
  child.stderr.on("data", (chunk) => (log += chunk));
  child.stdin.end(input);
  await once(child, "close");
  forget();
  if (out === "") return { status: undefined, body: "", told: log };
  const outcome = JSON.parse(out) as Outcome;
  // The local proxy tells a failure in its answer.
  return { ...outcome, told: `${outcome.told}${outcome.body}${log}` };
}

function inherited(env: Readonly<Record<string, string>>): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...env };
}
