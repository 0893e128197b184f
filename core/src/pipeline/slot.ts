import { isMlflowAuthError, MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { thrownKind } from "../errors/thrown-kind.js";
import type { Clock } from "../time/clock.js";

/** A provider in its place: the instance it belongs to and the rules of that instance. */
export interface Slot<Provider> {
  /** The instance's key in the file. */
  readonly instance: string;
  readonly provider: Provider;
  /** Milliseconds after which a caller is abandoned; what it waits for goes on for others. */
  readonly timeout: number;
  /** A failure is a warning. Never true for a credential. */
  readonly optional: boolean;
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
  slot: Pick<Slot<unknown>, "instance" | "timeout">,
  clock: Clock,
): Promise<T> {
  return new Promise((resolve, reject) => {
    // The clock's timers don't keep the process alive. Here somebody waits, and should hear of the time-out.
    const alive = setInterval(() => undefined, KEEP_ALIVE);
    const timer = clock.setTimeout(() => {
      clearInterval(alive);
      const message = `plugin ${slot.instance} did not answer within ${slot.timeout} ms`;
      const remedy = `check that its backend is reachable, or raise \`timeout\` of plugins.${slot.instance}`;
      reject(new MlflowAuthError("PLUGIN_TIMEOUT", message, { plugin: slot.instance, transient: true, remedy }));
    }, slot.timeout);
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
 * kind is kept, because messages of SDKs are known to quote requests.
 */
export function pluginFault(thrown: unknown, instance: string): MlflowAuthError {
  if (isOurs(thrown)) return thrown.plugin === undefined ? withPlugin(thrown, instance) : thrown;
  return new MlflowAuthError("PLUGIN_FAILED", `plugin ${instance} failed with ${thrownKind(thrown)}`, {
    plugin: instance,
    remedy: `see the documentation of the plugin behind plugins.${instance}; the message it gave is withheld because it may quote a credential`,
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
