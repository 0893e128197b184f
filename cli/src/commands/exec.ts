import type { LogLevel } from "@mlflow-auth/core/internal";
import { createToken } from "@mlflow-auth/proxy";
import { childEnvironment } from "../child-environment.js";
import { endOfExec } from "../end-of-exec.js";
import { execExit, exit } from "../exit-codes.js";
import type { KeptVariables } from "../keep-env.js";
import { reportFailure } from "../report-failure.js";
import { type ChildEnd, runChild } from "../run-child.js";
import { say, serveProxy } from "../serve-proxy.js";

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
  try {
    return await serveProxy(
      { ...options, choose: CHOOSE, token: createToken },
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
        end = await runChild(command, env);
        const { code, started } = end;
        if (started) for (const text of endOfExec(proxy, uri, authorizer, { interrupted: code > 128 })) say(text);
        return code;
      },
    );
  } catch (thrown) {
    const code = reportFailure(thrown);
    // What fails once the program has ended does not change how it ended.
    if (end !== undefined) return end.code;
    return code === exit.usage || code === exit.config ? code : execExit.failed;
  }
}
