import type { LogLevel } from "@mlflow-auth/core/internal";
import { createToken } from "@mlflow-auth/proxy";
import { childEnvironment } from "../child-environment.js";
import { endOfExec } from "../end-of-exec.js";
import { execExit, exit } from "../exit-codes.js";
import { reportFailure } from "../report-failure.js";
import { runChild } from "../run-child.js";
import { say, serveProxy } from "../serve-proxy.js";

export interface ExecOptions {
  readonly config?: string;
  readonly logLevel?: LogLevel;
  readonly server?: string;
  readonly keepEnv?: boolean;
}

/**
 * Runs a program with a private proxy of its own. Returns its exit code.
 *
 * What keeps the program from being started has the codes of every command where the file or the command line is at fault, and
 * 125 otherwise.
 */
export async function exec(command: readonly string[], options: ExecOptions): Promise<number> {
  try {
    return await serveProxy(
      { ...options, token: createToken },
      async ({ config, upstream: { uri, server }, proxy }) => {
        const { keepEnv = false } = options;
        const { env, warnings } = childEnvironment({
          parent: process.env,
          proxy,
          upstream: uri,
          server,
          config,
          keepEnv,
        });
        for (const warning of warnings) say(warning);
        const { code, started } = await runChild(command, env);
        if (started) for (const text of endOfExec(proxy, uri, config, { interrupted: code > 128 })) say(text);
        return code;
      },
    );
  } catch (thrown) {
    const code = reportFailure(thrown);
    return code === exit.usage || code === exit.config ? code : execExit.failed;
  }
}
