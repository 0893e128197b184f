/** Keeps what the Azure SDK logs to itself: it may hold anything, and AZURE_LOG_LEVEL or DEBUG may be meant for the user's own program. */

/** Calls under way of each logger, which all copies of the plugin's instances in a process share. */
const underWay = new WeakMap<object, number>();
/** Loggers that already ask. */
const asking = new WeakSet<object>();

interface SdkLogger {
  log(...given: unknown[]): void;
}

/** Nothing is logged while `call` is under way, and all is as before when it is over. */
export async function quietly<T>(logger: SdkLogger, call: () => Promise<T>): Promise<T> {
  if (!asking.has(logger)) {
    asking.add(logger);
    const { log } = logger;
    logger.log = (...given) => {
      if (!underWay.get(logger)) log.apply(logger, given);
    };
  }
  underWay.set(logger, (underWay.get(logger) ?? 0) + 1);
  try {
    return await call();
  } finally {
    underWay.set(logger, (underWay.get(logger) ?? 1) - 1);
  }
}
