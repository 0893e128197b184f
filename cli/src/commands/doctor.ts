import { createLogger, type LogLevel, MlflowAuthError, showsWords, workingFolder } from "@mlflow-auth/core/internal";
import { surviving } from "../background-failures.js";
import { type ChainOptions, walkChain } from "../doctor/chain.js";
import type { Diagnosis } from "../doctor/examination.js";
import { jsonReport, textReport, verdictOf } from "../doctor/report.js";
import { execVariable } from "../outer-proxy.js";
import { print } from "../print.js";

/** As the command line gives them. */
export interface DoctorOptions {
  readonly config?: string;
  readonly logLevel?: LogLevel;
  readonly server?: string;
  readonly json?: boolean;
  /** Seconds. */
  readonly timeout: number;
}

/** Prints what each link of the chain is like, and which is the first that breaks. */
export async function doctor(argument: string | undefined, options: DoctorOptions): Promise<number> {
  const { config: configFile, server, json, logLevel, timeout } = options;
  if (argument !== undefined && server !== undefined && argument !== server) {
    throw new MlflowAuthError("USAGE", "a URL and --server name two servers", { remedy: "leave one of them out" });
  }
  const { env } = process;
  // What matters of the log stands in the report, but for what only a plugin's author asks for.
  const usual = env["MLFLOW_AUTH_LOG"] || showsWords(env) ? undefined : "error";
  const logger = createLogger({ level: logLevel ?? usual, env });
  const cwd = workingFolder({ configFile, env });
  const chain = { configFile, url: argument ?? server, cwd, env, timeout: timeout * 1000, logger };
  const diagnosis = await surviving(logger, () => diagnose(chain));
  const verdict = verdictOf(diagnosis);
  print(json ? jsonReport(diagnosis, verdict) : textReport(diagnosis, verdict));
  return verdict.code;
}

/** Within an `exec` that has this file and server, what a program there gets; else what this command would. */
async function diagnose(chain: ChainOptions): Promise<Diagnosis> {
  const { configFile, url, env, timeout } = chain;
  if (!env[execVariable]) return await walkChain(chain);
  const { lookOutward } = await import("../nested-exec.js");
  const found = await lookOutward({ config: configFile }, env);
  if (found === undefined) return await walkChain(chain);
  if (found.differs === undefined) {
    const { walkOuterChain } = await import("../doctor/outer-chain.js");
    return await walkOuterChain(found, { url, env, timeout });
  }
  const { besideOther } = await import("../doctor/other-exec.js");
  return besideOther(await walkChain(chain), found.outer, found.differs, env);
}
