/** How an `exec` within another knows that both mean the same file and server, so that the proxy of the outer one does for both. */
import { createHash } from "node:crypto";
import { request } from "node:http";
import { presentFolder, workingFolder } from "@mlflow-auth/core/internal";
import { bridgeVariable } from "@mlflow-auth/proxy";
import { baseOf } from "./choose-upstream.js";
import { type BridgeSettings, execVariable, settingsIn } from "./outer-proxy.js";
import { countingNames, countingValues, type Environment, fileUsedAt, textOf } from "./same-meaning.js";

/** What an `exec` goes by. */
export interface Meant {
  /** Of the command, the file, the proxy and the values of all variables in `reads` and of those that begin like them. */
  readonly digest: string;
  /** The process of that `exec`. */
  readonly pid: number;
  /** Names of variables: with other values the file would mean something else. */
  readonly reads: readonly string[];
  /** Those of them that hold secrets. */
  readonly secrets: readonly string[];
}

/** An `exec` around this command. */
export interface OuterExec extends Meant {
  readonly bridge: BridgeSettings;
  /** The address of its proxy, with the token. */
  readonly proxy: string;
  /** The server's own base URL. */
  readonly upstream: string;
}

/**
 * Why the `exec` around a command does not do what the command is asked for: it leads to another `server` than is meant here; what it
 * goes by, which is the file and the variables that it reads, is not the same here (`meaning`); it has `ended`.
 */
export type Difference = "server" | "meaning" | "ended";

/** What is known of the `exec` around a command. */
export interface Outward {
  readonly outer: OuterExec;
  /** Undefined where it does what the command is asked for. */
  readonly differs?: Difference;
  /** The file that is found here, by its absolute path; undefined where there is none, or where that was not looked for. */
  readonly file?: string | undefined;
}

/** Milliseconds: the proxy is on this machine. */
const LONGEST_ANSWER = 2_000;

/** What the outer `exec` knows of itself. */
export interface OwnMeaning {
  /** The file in use, by its absolute path; undefined where the environment stands in its place. */
  readonly file: string | undefined;
  readonly reads: Iterable<string>;
  readonly secrets: readonly string[];
}

/** @param env that of the program, with what leads to the proxy. Returns the value of {@link execVariable}. */
export function tellInnerExecs(env: Environment, { file, reads, secrets }: OwnMeaning): string {
  const addresses = settingsIn(env[bridgeVariable])?.addresses ?? {};
  const counting = countingNames([...reads, ...secrets]).filter((name) => !Object.hasOwn(addresses, name));
  const meant = { pid: process.pid, reads: counting, secrets };
  return JSON.stringify({ ...meant, digest: digestOf(meant, file, env) } satisfies Meant);
}

/** What a command is asked for. */
export interface Asked {
  readonly config?: string | undefined;
  /** Undefined: whichever the `exec` around it leads to. */
  readonly server?: string | undefined;
}

/** The `exec` around this one, if it was given the same file, means the same server, and its proxy answers. */
export async function findOuterExec(asked: Asked, env: Environment): Promise<OuterExec | undefined> {
  const found = await lookOutward(asked, env);
  return found?.differs === undefined ? found?.outer : undefined;
}

/**
 * The `exec` around this command, and whether both mean the same. Whoever sets these variables could as well give the program that we
 * run an address of his own: what is believed here leads nothing of ours anywhere.
 *
 * @param env that of this command, in which the server's own addresses stand in the place of the proxy's
 * @returns undefined where none is around it, or what it said is lost
 */
export async function lookOutward({ config, server }: Asked, env: Environment): Promise<Outward | undefined> {
  const bridge = settingsIn(env[bridgeVariable]);
  const meant = meantIn(env[execVariable]);
  const own = bridge?.addresses["MLFLOW_TRACKING_URI"];
  if (bridge === undefined || meant === undefined || own === undefined) return undefined;
  // A private proxy is on loopback, and a sidecar's address comes without all this.
  if (!/^http:\/\/127\.0\.0\.1:\d{1,5}\/[\w-]+$/.test(own.proxy)) return undefined;
  const outer = { ...meant, bridge, proxy: own.proxy, upstream: own.real };
  if (!isRunning(meant.pid)) return { outer, differs: "ended" };
  if (!Object.entries(bridge.addresses).every(([name, { real }]) => env[name] === real))
    return { outer, differs: "server" };
  if (server !== undefined && (!URL.canParse(server) || baseOf(server) !== own.real))
    return { outer, differs: "server" };
  const here = await digestWithin(meant, config, env);
  if (here?.digest !== meant.digest) return { outer, differs: "meaning" };
  // Not before it is sure that nobody else wrote the address: it gets the token.
  return (await answers(own.proxy, bridge.token)) ? { outer, file: here.file } : { outer, differs: "ended" };
}

function meantIn(text: string | undefined): Meant | undefined {
  try {
    const { digest, pid, reads, secrets } = JSON.parse(text ?? "") as Meant;
    const areNames = [reads, secrets].every((all) => Array.isArray(all) && all.every((one) => typeof one === "string"));
    return typeof digest === "string" && Number.isSafeInteger(pid) && pid > 0 && areNames
      ? { digest, pid, reads, secrets }
      : undefined;
  } catch {
    // None, or cut off: this one has a proxy of its own.
    return undefined;
  }
}

/** Undefined where the file can't be used: what is wrong with it is said where it is loaded. */
async function digestWithin(
  meant: Meant,
  configFile: string | undefined,
  env: Environment,
): Promise<{ readonly digest: string; readonly file: string | undefined } | undefined> {
  let cwd: string;
  try {
    cwd = workingFolder({ configFile, env });
  } catch {
    return undefined;
  }
  const used = await fileUsedAt({ configFile, cwd, env });
  if (used === undefined) return undefined;
  const file = used === "none" ? undefined : used.file;
  return { digest: digestOf(meant, file, env), file };
}

/** Every `exec` pays for this, also where there is none within it: the file is known by then, and is not searched for again. */
function digestOf({ pid, reads, secrets }: Omit<Meant, "digest">, file: string | undefined, env: Environment): string {
  // Where the command lies decides which plugins it finds, and its name which build it is.
  const parts = [
    import.meta.url,
    pid,
    file === undefined ? { cwd: presentFolder() } : { file, text: textOf(file) },
    env[bridgeVariable],
    countingValues(reads, env),
    secrets,
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Whether the proxy takes its token; this is no use of it, for it is where Python reports addresses that are not listed. */
function answers(proxy: string, token: string): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = { "mlflow-auth-token": token, "mlflow-auth-unlisted": "-" };
    const asked = request(new URL("/~unlisted", proxy), {
      method: "POST",
      headers,
      timeout: LONGEST_ANSWER,
      agent: false,
    });
    asked.on("response", (answer) => {
      answer.resume();
      resolve(answer.statusCode === 204);
    });
    asked.on("timeout", () => asked.destroy());
    asked.on("error", () => resolve(false));
    asked.on("close", () => resolve(false));
    asked.end();
  });
}
