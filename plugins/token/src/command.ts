/** The token that a command prints, as a source like any other. */
import { basename } from "node:path";
import { type PluginContext, printable, Secret, type SecretSource } from "@mlflow-auth/core/plugin";
import { commandFault, notFound, notStarted } from "./faults.js";
import { findProgram } from "./find-program.js";
import type { TokenOptions } from "./generated/options.js";
import { runProgram } from "./run-program.js";

/** Runs it at each read. Who asks while it runs waits for its end, and it is run once more: the first may have begun with what was rejected. */
export function commandSource(options: TokenOptions, context: PluginContext): SecretSource {
  // Arguments may be anybody's secret, and so they are never shown.
  const origin = `the command ${printable(basename(options.command?.[0] ?? ""))}`;
  let last: Promise<unknown> = Promise.resolve();
  return {
    origin,
    read() {
      const running = last.then(() => run(origin, options, context));
      last = running.catch(() => undefined);
      return running;
    },
  };
}

async function run(
  origin: string,
  { command: [name = "", ...args] = [], cwd, commandTimeout: timeout }: TokenOptions,
  context: PluginContext,
): Promise<Secret> {
  const { env, clock, signal } = context;
  const found = await findProgram(name, cwd, env["PATH"]);
  if ("reason" in found) throw notFound(found, origin, context);
  const ended = await runProgram({ file: found.file, args, cwd, env, timeout, clock, signal }).catch((thrown) => {
    throw notStarted(thrown, { origin, cwd, context });
  });
  const fault = commandFault(ended, { origin, args, timeout, context });
  if (fault !== undefined) throw fault;
  return new Secret(ended.stdout);
}
