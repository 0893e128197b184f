/** Asking a provider: somebody else's code, which may hang, throw, or fail over and over. */
import { isMlflowAuthError, MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { thrownKind } from "../errors/printable.js";
import type { TellThrown } from "../logging/tell-thrown.js";
import type { Logger } from "../provider/context.js";
import type { Clock } from "../time/clock.js";

/** A provider in its place: the instance it belongs to and the rules of that instance. */
export interface BoundProvider<Provider> {
  /** The instance's key in the file. */
  readonly instance: string;
  readonly provider: Provider;
  /** Milliseconds after which a caller is abandoned; what it waits for goes on for others. */
  readonly timeout: number;
  /** A failure is a warning. Never true for a credential. */
  readonly optional: boolean;
  /** Logs what the provider threw, where that is no error of ours. */
  readonly tellThrown?: TellThrown | undefined;
}

/** Who threw something. */
export type Thrower = Pick<BoundProvider<unknown>, "instance" | "tellThrown">;

/** How the providers of one pipeline are asked. */
export interface ProviderAsker {
  /**
   * What the provider answers to `call`, within the time-out of its instance.
   *
   * @throws MlflowAuthError that names the plugin, for whatever went wrong
   */
  ask<T>(bound: BoundProvider<unknown>, call: () => T | PromiseLike<T>): Promise<T>;
  /**
   * The same, but for an optional provider a failure is a warning, and undefined is the answer.
   *
   * @param consequence what that means, as in `the request goes without its headers`
   */
  askUnlessOptional<T>(
    bound: BoundProvider<unknown>,
    call: () => T | PromiseLike<T>,
    consequence: string,
  ): Promise<T | undefined>;
  /** Warns of a failure. An outage answers with the same error object until the next attempt: each is reported once. */
  warnOnce(error: MlflowAuthError, bound: BoundProvider<unknown>, consequence: string): void;
}

/** @param server the URI of the server on whose behalf the providers are asked */
export function createProviderAsker(server: string, clock: Clock, logger: Logger): ProviderAsker {
  const reported = new WeakSet<MlflowAuthError>();

  async function ask<T>(bound: BoundProvider<unknown>, call: () => T | PromiseLike<T>): Promise<T> {
    try {
      const given = call();
      return isPromise(given) ? await withTimeout(given, bound, clock) : given;
    } catch (thrown) {
      throw pluginFault(thrown, bound);
    }
  }

  function warnOnce(error: MlflowAuthError, { instance }: BoundProvider<unknown>, consequence: string): void {
    if (reported.has(error)) return;
    reported.add(error);
    logger.warn({ code: error.code, plugin: instance, server }, `${error.message}; ${consequence}`);
  }

  return {
    ask,
    warnOnce,
    async askUnlessOptional(bound, call, consequence) {
      try {
        return await ask(bound, call);
      } catch (thrown) {
        if (!bound.optional) throw thrown;
        warnOnce(thrown as MlflowAuthError, bound, `${consequence}, for plugins.${bound.instance} is optional`);
        return undefined;
      }
    },
  };
}

/** Any thenable: a plugin may use a promise library of its own. */
export function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** Milliseconds; that it recurs is without meaning. */
const KEEP_ALIVE = 60_000;

/** The answer, or `PLUGIN_TIMEOUT` for this caller alone. */
export function withTimeout<T>(
  answer: PromiseLike<T>,
  { instance, timeout }: Pick<BoundProvider<unknown>, "instance" | "timeout">,
  clock: Clock,
): Promise<T> {
  return new Promise((resolve, reject) => {
    // The clock's timers don't keep the process alive. Here somebody waits, and should hear of the time-out.
    const alive = setInterval(() => undefined, KEEP_ALIVE);
    const timer = clock.setTimeout(() => {
      clearInterval(alive);
      const message = `plugin ${instance} did not answer within ${timeout} ms`;
      const remedy = `check that its backend is reachable, or raise \`timeout\` of plugins.${instance}`;
      reject(new MlflowAuthError("PLUGIN_TIMEOUT", message, { plugin: instance, transient: true, remedy }));
    }, timeout);
    Promise.resolve(answer)
      .then(resolve, reject)
      .finally(() => {
        clearInterval(alive);
        timer.cancel();
      });
  });
}

/** Errors that did not say whose they are, and what they became: the same object each time, so that each is reported once. */
const named = new WeakMap<MlflowAuthError, MlflowAuthError>();

/**
 * What a plugin threw, as an error that names the plugin. A plugin's own MlflowAuthError passes; of anything else only the
 * kind is kept, because messages of SDKs are known to quote requests. The log has more for the plugin's author.
 */
export function pluginFault(thrown: unknown, { instance, tellThrown }: Thrower): MlflowAuthError {
  if (isOurs(thrown)) return thrown.plugin === undefined ? withPlugin(thrown, instance) : thrown;
  tellThrown?.(thrown, `plugin ${instance}`);
  return new MlflowAuthError("PLUGIN_FAILED", `plugin ${instance} failed with ${thrownKind(thrown)}`, {
    plugin: instance,
    remedy: `see the documentation of the plugin behind plugins.${instance}; the message it gave is withheld because it may quote a credential. Its author sees it in the log with MLFLOW_AUTH_PLUGIN_DEBUG=1`,
  });
}

/** Recognised by a mark that anybody can set, so what counts on it is looked at, too. */
function isOurs(thrown: unknown): thrown is MlflowAuthError {
  try {
    return isMlflowAuthError(thrown) && typeof thrown.code === "string" && typeof thrown.message === "string";
  } catch {
    return false;
  }
}

function withPlugin(error: MlflowAuthError, instance: string): MlflowAuthError {
  let result = named.get(error);
  if (result === undefined) {
    const { code, message, remedy, server, transient, cause } = error;
    const details = { remedy, server, transient, cause, plugin: instance };
    result = new MlflowAuthError(code, `plugin ${instance}: ${message}`, details);
    named.set(error, result);
  }
  return result;
}
