import { formatError, isMlflowAuthError, type LogLevel, removalVariable } from "@mlflow-auth/core/internal";
import { createToken } from "@mlflow-auth/proxy";
import { childEnvironment, innerEnvironment } from "../child-environment.js";
import { endOfExec } from "../end-of-exec.js";
import { execExit, exit } from "../exit-codes.js";
import type { KeptVariables } from "../keep-env.js";
import { execVariable, findOuterExec, type OuterExec, tellInnerExecs, watchReads } from "../nested-exec.js";
import { CLIENT_CREDENTIALS, withheldVariables } from "../removed-variables.js";
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
    const outer = await findOuterExec(options, process.env);
    if (outer !== undefined) return await runWithin(outer, command, options);
    const { env: watched, reads } = watchReads(process.env);
    return await serveProxy(
      { ...options, choose: CHOOSE, env: watched, token: createToken },
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
        if (started) for (const text of endOfExec(proxy, uri, authorizer, { interrupted: code > 128 })) say(text);
        return code;
      },
    );
  } catch (thrown) {
    const code = reportFailure(thrown);
    const lacking = takenOut(thrown);
    if (lacking !== "") say(lacking);
    // What fails once the program has ended does not change how it ended.
    if (end !== undefined) return end.code;
    return code === exit.usage || code === exit.config ? code : execExit.failed;
  }
}

/** What a failure for want of variables that an `exec` around this one took out comes to; empty for any other. */
function takenOut(thrown: unknown): string {
  const { [execVariable]: outer, [removalVariable]: removed = "" } = process.env;
  if (outer === undefined || !isMlflowAuthError(thrown)) return "";
  const text = formatError(thrown);
  const names = removed.split(",").filter((name) => name !== "" && !process.env[name] && text.includes(name));
  if (names.length === 0) return "";
  const keep = names.map((name) => `--keep-env=${name}`).join(" ");
  return `this exec is within another that has not the same file and server: leave this one out, or give that one ${keep}`;
}

/** The outer one counts the runs, and says what there is to say in the end. */
async function runWithin(outer: OuterExec, command: readonly string[], { keepEnv }: ExecOptions): Promise<number> {
  const { env, warnings } = innerEnvironment(process.env, outer, keepEnv);
  say(`for ${outer.upstream}, by the proxy of the exec around this one, which has the same file and server`);
  for (const warning of warnings) say(warning);
  return (await runChild(command, env)).code;
}
