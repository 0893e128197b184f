import { createLogger, type LogLevel, loadConfig, openAuthorizer } from "@mlflow-auth/core/internal";
import { agentLimits, createToken, startProxy } from "@mlflow-auth/proxy";
import { childEnvironment } from "../child-environment.js";
import { chooseUpstream } from "../choose-upstream.js";
import { endOfExec } from "../end-of-exec.js";
import { execExit, exit } from "../exit-codes.js";
import { reportFailure } from "../report-failure.js";
import { runChild } from "../run-child.js";
import { announce } from "../where-from.js";

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
    return await run(command, options);
  } catch (thrown) {
    const code = reportFailure(thrown);
    return code === exit.usage || code === exit.config ? code : execExit.failed;
  }
}

async function run(command: readonly string[], options: ExecOptions): Promise<number> {
  const logger = createLogger({ level: options.logLevel, env: process.env });
  const config = await loadConfig({ configFile: options.config });
  const authorizer = await openAuthorizer(config, { logger, agents: agentLimits });
  try {
    const { uri, server, notice } = chooseUpstream(config, options.server, process.env);
    const proxy = await startProxy({
      authorizer,
      upstream: uri,
      token: createToken(),
      logger,
    });
    try {
      announce(config, uri);
      const { keepEnv = false } = options;
      const { env, warnings } = childEnvironment({
        parent: process.env,
        proxy,
        upstream: uri,
        server,
        config,
        keepEnv,
      });
      for (const warning of notice === undefined ? warnings : [notice, ...warnings]) say(warning);
      const { code, started } = await runChild(command, env);
      if (started) for (const text of endOfExec(proxy, uri, config, { interrupted: code > 128 })) say(text);
      return code;
    } finally {
      await proxy.close();
    }
  } finally {
    await authorizer.close();
  }
}

function say(text: string): void {
  console.error(`mlflow-auth: ${text}`);
}
