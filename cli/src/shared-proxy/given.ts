/** What the program gives to the proxy that it starts: sockets that listen already, and where it found what. */
import { closeSync, readSync } from "node:fs";
import { Secret } from "@mlflow-auth/core/internal";
import { ownPythonEnvironment, type PythonEnvironment, takePythonEnvironment } from "@mlflow-auth/core/internal/python";
import { tokenPattern } from "@mlflow-auth/proxy";
import { launchVariable } from "../outer-proxy.js";
import type { Environment } from "../same-meaning.js";

/** Tells this process that it is a shared proxy, and holds {@link Given} as JSON. */
export const sharedVariable = "_MLFLOW_AUTH_SHARED";

/** What was given. Numbers are those of inherited descriptors. */
export interface Given {
  /** The TCP socket to which the programs send their requests. It listens on 127.0.0.1. */
  readonly listen: number;
  /** The Unix socket on which programs ask whether they may share. Null: nobody but the one that started this. */
  readonly control: number | null;
  /** The Unix socket on which the handover program gives the TCP socket away. */
  readonly handover: number | null;
  /** The connection to the program that started this: its ask comes on it. Null: it is a successor, which nobody waits for. */
  readonly starter: number | null;
  /** The paths of the two Unix sockets. */
  readonly socket: string | null;
  readonly handoverSocket: string | null;
  /** Where the file is looked for. Null: a folder that does not exist any more. */
  readonly cwd: string | null;
  /** What runs the handover program, and where that is. */
  readonly python: string | null;
  readonly handoverProgram: string | null;
  /** What a killed proxy left to its successor: its token and what it was for, as it told its clients. */
  readonly token: Secret | undefined;
  readonly digest: string | null;
  /** Which variables it had read as it gave credentials. Null: it had given none. */
  readonly known: readonly string[] | null;
  /** Which command this is, and in which Python environment: programs share nothing where that is not the same. */
  readonly launched: PythonEnvironment;
  /** The environment that decides what the file means: without what stands above. */
  readonly env: Environment;
  /** The whole of it, for the handover program and a successor. */
  readonly inherited: Readonly<Record<string, string>>;
}

/**
 * Reads and removes what was given, before anything else can see it.
 *
 * @param env that of the process; it is changed
 * @throws Error if it is cut off: whoever wrote that is no program of ours
 */
export function takeGiven(env: Record<string, string | undefined>): Given {
  const inherited = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const { token, ...given } = JSON.parse(env[sharedVariable] ?? "");
  delete env[sharedVariable];
  // A program that a plugin starts for a credential would wait for the proxy, and so for itself.
  delete env[launchVariable];
  takePythonEnvironment(env);
  return {
    control: null,
    handover: null,
    starter: null,
    socket: null,
    handoverSocket: null,
    cwd: null,
    python: null,
    handoverProgram: null,
    digest: null,
    known: null,
    ...given,
    token: typeof token === "number" ? tokenFrom(token) : undefined,
    launched: ownPythonEnvironment() ?? { version: "", prefix: "", plugins: [] },
    env: { ...env },
    inherited,
  };
}

/** Through a pipe, for an environment can be read from outside. Undefined: what came is none, and a new one is made. */
function tokenFrom(descriptor: number): Secret | undefined {
  const bytes = Buffer.alloc(4096);
  let length = 0;
  for (let read = -1; read !== 0 && length < bytes.length; length += read) {
    read = readSync(descriptor, bytes, length, bytes.length - length, null);
  }
  closeSync(descriptor);
  const text = bytes.toString("latin1", 0, length).trim();
  return tokenPattern.test(text) ? new Secret(text) : undefined;
}
