/**
 * The program beside a shared proxy that gives its port away, and becomes its successor should it be killed: Node can do neither. What
 * it is told stands in proxy/python/mlflow_auth_bridge/handover.py.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { type Clock, systemClock } from "@mlflow-auth/core/internal";
import type { Given } from "./given.js";

/** What the handover program goes by. */
export interface HandoverOptions {
  readonly given: Given;
  /** Of the proxy, for its successor. */
  readonly token: string;
  readonly digest: string;
  readonly clock?: Pick<Clock, "setTimeout"> | undefined;
}

/** Milliseconds until another is started for one that has ended, and how many are. */
const PAUSE = 1_000;
const MOST_ENDS = 5;

/** Milliseconds. */
const LONGEST_END = 1_000;

/** Milliseconds between two signs of life: without any for two minutes this proxy is killed, for a successor to serve in its place. */
const BEAT = 5_000;

/** The program that runs. */
export interface Handover {
  /** Whether anybody can be given the port. */
  readonly isRunning: boolean;
  /** Which variables count for the credentials of this proxy, now that it has given one: so for its successor. */
  know(names: readonly string[]): void;
  /** Tells the program that this proxy ends on purpose. Resolves once it has ended, or did not within a second. */
  farewell(): Promise<void>;
}

/** Starts the program, and another one if it ends. Without Python, or a socket for it, there is none, and nobody is sent there. */
export function startHandover({ given, token, digest, clock = systemClock }: HandoverOptions): Handover {
  const { python, handoverProgram, listen, control, handover, inherited } = given;
  if (python === null || handoverProgram === null || control === null || handover === null) {
    return { isRunning: false, know: () => undefined, farewell: async () => undefined };
  }
  let child: ChildProcess | undefined;
  let ends = 0;
  let isOver = false;
  let known: readonly string[] | undefined;
  // What this process is: with Node's own options, which decide what it can do.
  const argv = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];

  function start(): void {
    const one = spawn(python as string, ["-I", "-S", handoverProgram as string], {
      cwd: "/",
      env: inherited,
      stdio: ["pipe", "ignore", "ignore", listen, control, handover],
    });
    child = one;
    const ended = () => {
      if (child !== one) return;
      child = undefined;
      if (!isOver && ++ends < MOST_ENDS) clock.setTimeout(() => !isOver && start(), PAUSE);
    };
    // It ends then.
    one.stdin?.on("error", () => undefined);
    one.on("error", ended);
    one.on("exit", ended);
    tell();
    one.unref();
  }

  /** What was told last counts. */
  function tell(): void {
    child?.stdin?.write(`${JSON.stringify({ argv, token, digest, known })}\n`);
  }

  function beat(): void {
    if (isOver) return;
    const stdin = child?.stdin;
    if (stdin?.writableLength === 0) stdin.write('{"beat":true}\n');
    clock.setTimeout(beat, BEAT);
  }

  start();
  clock.setTimeout(beat, BEAT);
  return {
    get isRunning() {
      return child !== undefined;
    },
    know(names) {
      known = names;
      tell();
    },
    farewell() {
      isOver = true;
      const last = child;
      if (last === undefined) return Promise.resolve();
      return new Promise((resolve) => {
        last.once("exit", () => resolve());
        clock.setTimeout(resolve, LONGEST_END);
        last.stdin?.end(`${JSON.stringify({ farewell: true })}\n`);
      });
    },
  };
}
