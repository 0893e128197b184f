import { setTimeout as sleep } from "node:timers/promises";
import type { LogLevel } from "@mlflow-auth/core/internal";
import { createToken } from "@mlflow-auth/proxy";
import { childEnvironment, innerEnvironment } from "../child-environment.js";
import { endOfExec, leftRunning } from "../end-of-exec.js";
import { execExit, exit } from "../exit-codes.js";
import type { KeptVariables } from "../keep-env.js";
import { type LeftProgram, leftPrograms, stillRunning } from "../left-programs.js";
import { findOuterExec, type OuterExec, tellInnerExecs } from "../nested-exec.js";
import { execVariable } from "../outer-proxy.js";
import { CLIENT_CREDENTIALS, withheldVariables } from "../removed-variables.js";
import { reportFailure } from "../report-failure.js";
import { type ChildEnd, runChild } from "../run-child.js";
import { watchReads } from "../same-meaning.js";
import { say, serveProxy } from "../serve-proxy.js";
import { keepOptions, takenOutIn } from "../taken-out.js";

/** What the command line of `exec` says in front of the program. */
export interface ExecOptions {
  /** `--config`: the file. Default: the one that the search finds. */
  readonly config?: string;
  readonly logLevel?: LogLevel;
  /** `--server`: the base URL of a listed server. Default: as `chooseUpstream` decides. */
  readonly server?: string;
  /** `--keep-env`: the program keeps the variables that hold the file's credentials. Default: none of them. */
  readonly keepEnv?: KeptVariables;
}

const CHOOSE = "choose one with --server URI, any of them for a Python program that names its servers itself";

/**
 * Runs a program with a private proxy of its own. Returns its exit code.
 *
 * What keeps the program from being started has the codes of every command where the file or the command line is at fault, and
 * 125 otherwise.
 */
export async function exec(command: readonly string[], options: ExecOptions): Promise<number> {
  let end: ChildEnd | undefined;
  let sayMore = async () => {};
  try {
    const outer = await findOuterExec(options, process.env);
    if (outer !== undefined) return await runWithin(outer, command, options);
    const { env: watched, reads } = watchReads(process.env);
    const token = createToken();
    const code = await serveProxy(
      { ...options, choose: CHOOSE, env: watched, token: () => token },
      async ({ authorizer, upstream: { uri, server }, proxy }) => {
        const { env, warnings } = childEnvironment({
          parent: process.env,
          proxy,
          upstream: uri,
          server,
          config: authorizer.config,
          keep: options.keepEnv,
        });
        for (const warning of warnings) say(warning);
        env[execVariable] = tellInnerExecs(env, {
          file: authorizer.config.file,
          reads: [...reads, ...CLIENT_CREDENTIALS, "MLFLOW_REGISTRY_URI"],
          secrets: withheldVariables({ config: authorizer.config, server, parent: process.env }),
        });
        end = await runChild(command, env);
        const { code, started } = end;
        const left = started ? leftPrograms(token.reveal()) : [];
        sayMore = () => sayLeft(left, uri);
        if (started) for (const text of endOfExec(proxy, uri, authorizer, { interrupted: code > 128 })) say(text);
        return code;
      },
    );
    await sayMore();
    return code;
  } catch (thrown) {
    const code = reportFailure(thrown);
    const lacking = withinAnother(thrown);
    if (lacking !== "") say(lacking);
    // What fails once the program has ended does not change how it ended.
    if (end !== undefined) return end.code;
    return code === exit.usage || code === exit.config ? code : execExit.failed;
  }
}

/** Milliseconds that helpers of the program get to end with it, as those of Python's multiprocessing do. */
const GRACE = 100;

/** Once the proxy is closed: what has ended by then missed nothing. */
async function sayLeft(programs: readonly LeftProgram[], upstream: string): Promise<void> {
  if (programs.length === 0) return;
  await sleep(GRACE);
  const left = stillRunning(programs);
  if (left.length > 0) say(leftRunning(left, upstream));
}

/** What a failure for want of variables that an `exec` around this one took out comes to; empty for any other. */
function withinAnother(thrown: unknown): string {
  const names = takenOutIn(thrown, process.env);
  if (process.env[execVariable] === undefined || names.length === 0) return "";
  const keep = keepOptions(names);
  return `this exec is within another that has not the same file and server: leave this one out, or give that one ${keep}`;
}

/** The outer one counts the runs, and says what there is to say in the end. */
async function runWithin(outer: OuterExec, command: readonly string[], { keepEnv }: ExecOptions): Promise<number> {
  const { env, warnings } = innerEnvironment(process.env, outer, keepEnv);
  say(`for ${outer.upstream}, by the proxy of the exec around this one, which has the same file and server`);
  for (const warning of warnings) say(warning);
  return (await runChild(command, env)).code;
}
