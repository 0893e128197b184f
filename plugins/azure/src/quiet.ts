/**
 * Keeps what the Azure SDK logs to itself: it may hold anything, and AZURE_LOG_LEVEL or DEBUG may be meant for the program's own use of
 * the SDK.
 */

/** Where the SDK's packages log: https://learn.microsoft.com/javascript/api/@azure/logger. Every line goes through `log`. */
interface SdkLogger {
  log(...given: unknown[]): void;
}

/** How many calls of this plugin are under way, of each logger that knows of it. */
const underWay = new WeakMap<SdkLogger, number>();

/** Nothing is logged while `call` is under way, and all is as before when it is over. */
export async function quietly<T>(call: () => Promise<T>): Promise<T> {
  const [{ AzureLogger }, { TypeSpecRuntimeLogger }] = await Promise.all([
    import("@azure/logger"),
    import("@typespec/ts-http-runtime"),
  ]);
  const loggers: SdkLogger[] = [AzureLogger, TypeSpecRuntimeLogger];
  for (const logger of loggers) count(logger, 1);
  try {
    return await call();
  } finally {
    for (const logger of loggers) count(logger, -1);
  }
}

function count(logger: SdkLogger, step: 1 | -1): void {
  const calls = underWay.get(logger);
  underWay.set(logger, (calls ?? 0) + step);
  if (calls !== undefined) return;
  const { log } = logger;
  logger.log = (...given) => {
    if (underWay.get(logger) === 0) log.apply(logger, given);
  };
}
