/** The auth pipeline: asks the providers of one server in turn until one answers. */
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { Logger } from "../provider/context.js";
import { type Auth, anonymous, type RequestAuthProvider } from "../provider/provider.js";
import { isSecret } from "../secret/secret.js";
import type { Clock } from "../time/clock.js";
import { checkHeaders } from "./check-headers.js";
import type { LazyProviderRequest } from "./request.js";
import { isPromise, pluginFault, type Slot, withTimeout } from "./slot.js";

export type AuthSlot = Slot<RequestAuthProvider>;

/** Who answered, and with what: a credential or, on purpose, none. */
export interface Answer {
  readonly slot: AuthSlot;
  readonly auth: Auth | typeof anonymous;
}

export interface AuthPipeline {
  /** @throws MlflowAuthError `AUTH_FAILED` with the reason of every provider, or that of the only one as it is. */
  resolve(request: LazyProviderRequest): Answer | Promise<Answer>;
}

type Given = ReturnType<RequestAuthProvider["getAuth"]>;

interface Failure {
  readonly instance: string;
  readonly error: MlflowAuthError | undefined;
}

export function createAuthPipeline(slots: readonly AuthSlot[], clock: Clock, logger: Logger): AuthPipeline {
  // An outage answers with the same error object until the next attempt: each is reported once.
  const reported = new WeakSet<MlflowAuthError>();
  // While a provider returns the same object, so does this pipeline; what is made of it downstream can be kept, too.
  let last: Answer | undefined;

  function resolve(request: LazyProviderRequest): Answer | Promise<Answer> {
    const slot = slots[0] as AuthSlot;
    let given: Given;
    try {
      given = slot.provider.getAuth(request);
      // Nearly always: what was answered last, and was looked at then.
      if (last !== undefined && given === last.auth && slot === last.slot && !expires(given)) return last;
      if (given !== undefined && !isPromise(given)) {
        check(given, slot);
        return answer(slot, given);
      }
    } catch (thrown) {
      return askAll(request, () => Promise.reject(thrown));
    }
    return askAll(request, () => given);
  }

  /** The waiting side of `resolve`: `first` stands for the first provider, which has been asked already. */
  async function askAll(request: LazyProviderRequest, first: () => Given): Promise<Answer> {
    const failures: Failure[] = [];
    for (const [index, slot] of slots.entries()) {
      try {
        const asked = index === 0 ? first() : slot.provider.getAuth(request);
        const given = isPromise(asked) ? await withTimeout(asked, slot, clock) : asked;
        if (given !== undefined) {
          check(given, slot);
          return answer(slot, given);
        }
        failures.push({ instance: slot.instance, error: undefined });
      } catch (thrown) {
        const error = pluginFault(thrown, slot.instance);
        failures.push({ instance: slot.instance, error });
        const next = slots[index + 1];
        if (next !== undefined) warn(slot, next, error, request);
      }
    }
    throw noAnswer(failures, request);
  }

  function answer(slot: AuthSlot, auth: Auth | typeof anonymous): Answer {
    if (last === undefined || last.auth !== auth || last.slot !== slot) last = Object.freeze({ slot, auth });
    return last;
  }

  /** @throws MlflowAuthError, or what a getter of the answer throws, if nothing can be sent of it */
  function check(given: Auth | typeof anonymous, slot: AuthSlot): void {
    if (given === anonymous) return;
    // An object that has answered before was looked at then.
    if (given !== last?.auth) checkAuth(given, slot.instance);
    if (expires(given) && !(clock.wallTime() < (given.expiresAt as number))) {
      throw wrong(slot.instance, "with a credential that has expired");
    }
  }

  function warn(slot: AuthSlot, next: AuthSlot, error: MlflowAuthError, request: LazyProviderRequest): void {
    if (reported.has(error)) return;
    reported.add(error);
    logger.warn(
      { code: error.code, plugin: slot.instance, server: request.server.uri },
      `${error.message}; asking ${next.instance} instead`,
    );
  }

  return { resolve };
}

/** Whether both send the same: the way to find out that a secret was rotated. What header providers add does not count. */
export function sameCredential(a: Answer, b: Answer): boolean {
  if (a.auth === b.auth) return true;
  const [some, others] = [textsOf(a), textsOf(b)];
  return some.length === others.length && some.every((text, index) => text === others[index]);
}

function textsOf({ auth }: Answer): string[] {
  if (auth === anonymous) return [];
  return Object.entries(auth.headers).flatMap(([name, value]) => [name, isSecret(value) ? value.reveal() : value]);
}

function expires(given: Auth | typeof anonymous): boolean {
  return given !== anonymous && given.expiresAt !== undefined;
}

function checkAuth(given: Auth, instance: string): void {
  const { headers, expiresAt } = (given ?? {}) as Partial<Auth>;
  if (typeof headers !== "object") throw wrong(instance, "with something that has no headers");
  // Without one, the request would go bare.
  if (checkHeaders(headers, instance).length === 0) {
    throw wrong(instance, "with no header; `anonymous` says that none is meant");
  }
  if (expiresAt !== undefined && (typeof expiresAt !== "number" || Number.isNaN(expiresAt))) {
    throw wrong(instance, "with an expiresAt that is no number");
  }
}

function wrong(instance: string, what: string): MlflowAuthError {
  return new MlflowAuthError("PLUGIN_RESULT", `plugin ${instance} answered getAuth() ${what}`, {
    plugin: instance,
    remedy: "report this to the plugin's author",
  });
}

function noAnswer(failures: readonly Failure[], request: LazyProviderRequest): MlflowAuthError {
  const server = request.server.uri;
  const errors = failures.flatMap(({ error }) => error ?? []);
  const transient = errors.some((error) => error.transient);
  if (failures.length === 1 && errors[0] !== undefined) return errors[0];
  const reasons = failures.map(
    ({ instance, error }) => `${instance}: ${error ? error.message : "has none for this request"}`,
  );
  const remedies = errors.flatMap(({ remedy, plugin }) => (remedy === undefined ? [] : `${plugin}: ${remedy}`));
  return new MlflowAuthError("AUTH_FAILED", `no credential for ${server} (${reasons.join("; ")})`, {
    server,
    transient,
    cause: errors[0],
    remedy:
      remedies.join("; ") || `let \`auth\` of ${server} name a plugin that has a credential for it, or \`[]\` for none`,
  });
}
