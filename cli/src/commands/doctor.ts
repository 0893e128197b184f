import { createLogger, type LogLevel, MlflowAuthError, workingFolder } from "@mlflow-auth/core/internal";
import { walkChain } from "../doctor/chain.js";
import { jsonReport, textReport, verdictOf } from "../doctor/report.js";
import { fitColumns } from "../fit-columns.js";

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
  const diagnosis = await walkChain({
    configFile,
    url: argument ?? server,
    cwd: workingFolder({ configFile, env }),
    env,
    timeout: timeout * 1000,
    // What matters of the log stands in the report.
    logger: createLogger({ level: logLevel ?? (env["MLFLOW_AUTH_LOG"] ? undefined : "error"), env }),
  });
  const verdict = verdictOf(diagnosis);
  console.log(json ? jsonReport(diagnosis, verdict) : fitColumns(textReport(diagnosis, verdict), process.stdout));
  return verdict.code;
}
