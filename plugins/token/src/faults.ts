/** What keeps a token from being had, and what to do about it. */
import { formatDuration, type MlflowAuthError, type PluginContext, type SecretSource } from "@mlflow-auth/core/plugin";
import type { FoundProgram } from "./find-program.js";
import { quoteErrors } from "./quote-errors.js";
import type { Ended } from "./run-program.js";

/** There is no such program, or none that may be run. */
export function notFound(
  found: Exclude<FoundProgram, { file: string; reason?: never }>,
  origin: string,
  context: PluginContext,
): MlflowAuthError {
  if (found.reason === "not-executable") {
    const remedy = `allow it: chmod +x ${found.file}`;
    return context.error("SECRET_SOURCE", `${origin} may not be run: ${found.file} is not executable`, { remedy });
  }
  const remedy =
    "install it where PATH leads to, or write its path: one such as ./get-token begins at cwd, the folder of the file unless it is set";
  return context.error("SECRET_SOURCE", `${origin} is not there`, { remedy });
}

/** The system refused to start it. */
export function notStarted(
  thrown: NodeJS.ErrnoException,
  { origin, cwd, context }: { origin: string; cwd: string; context: PluginContext },
): MlflowAuthError {
  const { code = "unknown reason" } = thrown;
  if (code === "ENOENT" || code === "ENOTDIR") {
    const remedy = "correct cwd; or, for a script, what stands behind #! in its first line";
    return context.error("SECRET_SOURCE", `${origin} can't be started in ${cwd} (${code})`, { remedy });
  }
  const transient = code === "EAGAIN" || code === "ENOMEM" || code === "EMFILE" || code === "ENFILE";
  const remedy = "see whether it can be run by this user on this machine";
  return context.error("SECRET_SOURCE", `${origin} can't be started (${code})`, { remedy, transient });
}

/** What was run, for messages. */
interface RunCommand {
  readonly origin: string;
  /** Never shown. */
  readonly args: readonly string[];
  /** Milliseconds. */
  readonly timeout: number;
  readonly context: PluginContext;
}

/** Why what a command printed is not to be used; undefined where it ended well and printed something. */
export function commandFault(
  { stdout, stderr, exitCode, killedBy, cutOff }: Ended,
  { origin, args, timeout, context }: RunCommand,
): MlflowAuthError | undefined {
  const said = quoteErrors(stderr, { stdout, args, env: context.env });
  const unreachable = (message: string, remedy: string) =>
    context.error("SECRET_UNREACHABLE", `${origin} ${message}`, { transient: true, remedy: told(remedy, said) });
  if (cutOff === "closed") return unreachable("was ended, for the plugin was closed", "ask again");
  if (cutOff === "timeout") {
    return unreachable(
      `did not end within ${formatDuration(timeout)} and was killed`,
      "see what it waits for, such as a login: it has no terminal to ask on; or give it longer by commandTimeout",
    );
  }
  if (cutOff === "output") {
    const remedy = told("have it print the token alone", said);
    return context.error("SECRET_FORMAT", `${origin} printed more than 64 KiB and was killed`, { remedy });
  }
  const run = "run it by hand to see why";
  if (killedBy !== undefined) return unreachable(`was killed by ${killedBy}`, run);
  if (exitCode !== 0) return unreachable(`failed (exit code ${exitCode})`, run);
  if (stdout.trim() !== "") return undefined;
  return context.error("SECRET_FORMAT", `${origin} printed nothing`, { remedy: told(run, said) });
}

function told(remedy: string, said: string): string {
  return said === "" ? remedy : `${remedy}; it said ${said}`;
}

/** The token's end has passed, by this machine's clock. */
export function expired(
  end: number,
  { source, name, context }: { source: SecretSource; name: string; context: PluginContext },
): MlflowAuthError {
  // It may name any number.
  const date = new Date(Math.max(end, 0));
  const ago = formatDuration(context.clock.wallTime() - date.getTime());
  const since = date.toISOString().replace(/\.\d+Z$/, "Z");
  return context.error("SECRET_EXPIRED", `${name} expired ${ago} ago, at ${since}`, {
    transient: true,
    remedy: `${renewal(source)}; if it is newer than that, compare this machine's clock`,
  });
}

/** Who has to put another one there. */
function renewal({ path, origin }: SecretSource): string {
  if (path !== undefined)
    return `see why whatever writes ${origin} has not renewed it: it is read as soon as it changes`;
  if (origin.startsWith("the command "))
    return `have ${origin} print a new one: log in again, or have it ask past its cache`;
  return `put a new one into ${origin} and start again: nothing can be renewed there while this program runs`;
}
