import { createLogger, type LogLevel, MlflowAuthError, showsWords, workingFolder } from "@mlflow-auth/core/internal";
import { surviving } from "../background-failures.js";
import { walkChain } from "../doctor/chain.js";
import { jsonReport, textReport, verdictOf } from "../doctor/report.js";
import { fitColumns } from "../fit-columns.js";
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
  const diagnosis = await surviving(logger, () => walkChain(chain));
  const verdict = verdictOf(diagnosis);
  print(json ? jsonReport(diagnosis, verdict) : fitColumns(textReport(diagnosis, verdict), process.stdout));
  return verdict.code;
}
