/** The auth pipeline: asks the providers of one server in turn until one answers. */
import { createHash } from "node:crypto";
import type { ServerConfig } from "../config/config.js";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { checkHeaders } from "../http/headers.js";
import type { Logger } from "../provider/context.js";
import { type Auth, anonymous, type ProviderRequest, type RequestAuthProvider } from "../provider/provider.js";
import { isSecret } from "../secret/secret.js";
import type { Clock } from "../time/clock.js";
import { type BoundProvider, createProviderAsker, isPromise, pluginFault } from "./ask-provider.js";
import { createEndedCredentials, type EndedCredentials } from "./ended-credentials.js";

/** An auth provider in its place. */
export type BoundAuth = BoundProvider<RequestAuthProvider>;

/** Who answered, and with what: a credential or, on purpose, none. */
export interface AuthResult {
  readonly bound: BoundAuth;
  readonly auth: Auth | typeof anonymous;
}

/** The auth providers of one server. */
export interface AuthPipeline {
  /** @throws MlflowAuthError `AUTH_FAILED` with the reason of every provider, or that of the only one as it is. */
  resolve(request: ProviderRequest): AuthResult | Promise<AuthResult>;
}

type Given = ReturnType<RequestAuthProvider["getAuth"]>;

interface Failure {
  readonly instance: string;
  readonly error: MlflowAuthError | undefined;
}

/** @param listed the server whose providers these are */
export function createAuthPipeline(
  { uri: server, allowsAnonymous = false }: ServerConfig,
  providers: readonly BoundAuth[],
  clock: Clock,
  logger: Logger,
): AuthPipeline {
  const asker = createProviderAsker(server, clock, logger);
  // While a provider returns the same object, so does this pipeline; what is made of it downstream can be kept, too.
  let last: AuthResult | undefined;
  // Rare: nothing is kept about ended credentials until there is one.
  let ended: EndedCredentials | undefined;

  function resolve(request: ProviderRequest): AuthResult | Promise<AuthResult> {
    const bound = providers[0] as BoundAuth;
    let given: Given;
    try {
      const paused = ended?.pausedBy(bound);
      if (paused !== undefined) throw paused;
      given = bound.provider.getAuth(request);
      // Nearly always: what was answered last, and was looked at then.
      if (last !== undefined && given === last.auth && bound === last.bound && !expires(given)) return last;
      if (given !== undefined && !isPromise(given)) {
        check(given, bound);
        if (passedEnd(given) === undefined) return result(bound, given);
      }
    } catch (thrown) {
      return askAll(request, () => Promise.reject(thrown));
    }
    return askAll(request, () => given);
  }

  /** The waiting side of `resolve`: `first` stands for the first provider, which has been asked already. */
  async function askAll(request: ProviderRequest, first: () => Given): Promise<AuthResult> {
    const failures: Failure[] = [];
    for (const [index, bound] of providers.entries()) {
      try {
        const paused = index === 0 ? undefined : ended?.pausedBy(bound);
        if (paused !== undefined) throw paused;
        let given = await asker.ask(bound, () => (index === 0 ? first() : bound.provider.getAuth(request)));
        if (given !== undefined) check(given, bound);
        if (passedEnd(given) !== undefined) given = await replace(given as Auth, bound, request);
        if (given !== undefined) return result(bound, given);
        failures.push({ instance: bound.instance, error: undefined });
      } catch (thrown) {
        const error = pluginFault(thrown, bound);
        failures.push({ instance: bound.instance, error });
        const next = providers[index + 1];
        if (next !== undefined) asker.warnOnce(error, bound, `asking ${next.instance} instead`);
      }
    }
    throw noCredential(failures, server);
  }

  function result(bound: BoundAuth, auth: Auth | typeof anonymous): AuthResult {
    ended?.endPause(bound);
    if (last === undefined || last.auth !== auth || last.bound !== bound) last = Object.freeze({ bound, auth });
    return last;
  }

  /** @throws MlflowAuthError, or what a getter of the answer throws, if nothing can be sent of it */
  function check(given: Auth | typeof anonymous, bound: BoundAuth): void {
    if (given === anonymous) {
      if (allowsAnonymous) return;
      throw notAllowed(bound.instance, server);
    }
    // An object that has answered before was looked at then.
    if (given !== last?.auth) checkAuth(given, bound);
  }

  /** The end of a credential that must not be used any more; of one that may, undefined. */
  function passedEnd(given: Awaited<Given>): number | undefined {
    if (given === undefined || !expires(given)) return undefined;
    const { expiresAt } = given as Auth;
    return clock.wallTime() < (expiresAt as number) ? undefined : expiresAt;
  }

  async function replace(old: Auth, bound: BoundAuth, request: ProviderRequest): Promise<Awaited<Given>> {
    ended ??= createEndedCredentials(clock, passedEnd);
    const ask = async () => {
      const given = await asker.ask(bound, () => bound.provider.getAuth(request));
      if (given !== undefined) check(given, bound);
      return given;
    };
    return await ended.replace(old, bound, ask, () =>
      asker.ask(bound, () => bound.provider.invalidate("unauthorized", { request, auth: old })),
    );
  }

  return { resolve };
}

/** Whether both are the same credential: the way to find out that a secret was rotated. What header providers add does not count. */
export function sameCredential(a: AuthResult, b: AuthResult): boolean {
  return a.auth === b.auth || credentialKey(a) === credentialKey(b);
}

/** What stands for a credential where something is remembered about it. Holds nothing that anybody could send. */
export function credentialKey({ bound, auth }: AuthResult): string {
  if (auth === anonymous) return `${bound.instance} anonymous`;
  if (auth.id !== undefined) return `${bound.instance} id ${auth.id}`;
  const texts = Object.entries(auth.headers).map(([name, value]) => [name, isSecret(value) ? value.reveal() : value]);
  return `${bound.instance} ${createHash("sha256").update(JSON.stringify(texts)).digest("base64")}`;
}

function expires(given: Auth | typeof anonymous): boolean {
  return given !== anonymous && given.expiresAt !== undefined;
}

function checkAuth(given: Auth, { instance, provider: { signRequest } }: BoundAuth): void {
  const { headers, expiresAt, id } = (given ?? {}) as Partial<Auth>;
  if (typeof headers !== "object") throw wrong(instance, "with something that has no headers");
  // Without one, the request would go bare.
  if (checkHeaders(headers, instance).length === 0 && signRequest === undefined) {
    throw wrong(instance, "with no header; `anonymous` says that none is meant");
  }
  if (expiresAt !== undefined && (typeof expiresAt !== "number" || Number.isNaN(expiresAt))) {
    throw wrong(instance, "with an expiresAt that is not a number");
  }
  if (id !== undefined && (typeof id !== "string" || id === "")) throw wrong(instance, "with an id that is not a text");
  // Nothing else would tell one credential from the next.
  if (id === undefined && Object.keys(headers).length === 0) throw wrong(instance, "with neither a header nor an id");
}

function wrong(instance: string, what: string): MlflowAuthError {
  return new MlflowAuthError("PLUGIN_RESULT", `plugin ${instance} answered getAuth() ${what}`, {
    plugin: instance,
    remedy: "report this to the plugin's author",
  });
}

function notAllowed(instance: string, server: string): MlflowAuthError {
  const message = `plugin ${instance} answered that a request to ${server} goes without a credential, which the file does not allow`;
  return new MlflowAuthError("ANONYMOUS_REFUSED", message, {
    plugin: instance,
    server,
    remedy: `if that server may be asked without one, say \`anonymous: allowed\` for it; else report this to the plugin's author`,
  });
}

function noCredential(failures: readonly Failure[], server: string): MlflowAuthError {
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
