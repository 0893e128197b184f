/** Runs the command of a plugin: somebody else's code, which may hang, throw or forget something, and has to end when the user says so. */
import {
  type CommandContext,
  type CommandOutput,
  createContext,
  createHttpClient,
  createLogger,
  createTellThrown,
  type InstalledCommand,
  type LogLevel,
  loadCommand,
  systemClock,
} from "@mlflow-auth/core/internal";
import { withTimeout } from "../with-timeout.js";
import { hideSecrets } from "./hidden-secrets.js";
import { openFile } from "./open-file.js";
import { type Stop, untilStopped } from "./until-stopped.js";

/** What stands in front of the command's name. */
export interface RunCommandOptions {
  readonly config?: string;
  readonly logLevel?: LogLevel;
}

/**
 * Returns its exit code, or the signal that has asked it to end.
 *
 * @throws MlflowAuthError that names the command, for whatever went wrong
 */
export async function runCommand(
  installed: InstalledCommand,
  args: readonly string[],
  { config: configFile, logLevel }: RunCommandOptions,
): Promise<number | NodeJS.Signals> {
  const { env } = process;
  const secrets = hideSecrets(process.stdout, process.stderr);
  const logger = createLogger({ level: logLevel, env });
  const tellThrown = createTellThrown(logger, env);
  const ending = new AbortController();
  const closers: (() => Promise<unknown>)[] = [];
  const closing = (close: () => Promise<unknown>) => void closers.unshift(close);
  const name = installed.entry.name;

  const { http, close } = createHttpClient({ instance: name, env, logger, clock: systemClock });
  closing(close);
  let opened: ReturnType<typeof openFile> | undefined;
  const context: CommandContext = Object.freeze({
    ...createContext(name, { env, logger, clock: waitingClock, http, signal: ending.signal }),
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    openFile: () => (opened ??= openFile({ command: installed, configFile, env, logger, secrets, closing })),
  });

  let stop: Stop;
  try {
    stop = await untilStopped({ installed, ending, tellThrown }, async () => {
      const command = await loadCommand(installed, systemClock, tellThrown);
      return await command.run(Object.freeze([...args]), context);
    });
  } finally {
    ending.abort();
    await closeAll(closers);
  }
  return "signal" in stop ? stop.signal : stop.code;
}

/** What a command waits for keeps the process, as a timer of Node's own does. */
const waitingClock: CommandContext["clock"] = {
  ...systemClock,
  setTimeout(callback, milliseconds) {
    const timer = setTimeout(callback, milliseconds);
    return { cancel: () => clearTimeout(timer) };
  },
};

function outputOf(stream: NodeJS.WriteStream): CommandOutput {
  return Object.freeze({
    write: (text: string) => void stream.write(text),
    hasColours: Boolean(stream.isTTY) && !process.env["NO_COLOR"],
  });
}

/** Milliseconds for all of it: the process ends anyway. */
const CLOSING = 2_000;

async function closeAll(closers: readonly (() => Promise<unknown>)[]): Promise<void> {
  const closed = (async () => {
    // What was opened last first. One that can't be closed must not keep the others open.
    for (const close of closers) await close().catch(() => undefined);
  })();
  await withTimeout(CLOSING, closed, () => undefined);
}
