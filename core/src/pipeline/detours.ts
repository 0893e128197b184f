/** The requests of a server that do not simply go there: a plugin sends them to another address, or answers them itself. */
import type { ServerConfig } from "../config/config.js";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { DispatchedAnswer, DispatchedRequest, RequestAuthProvider, Rewrite } from "../provider/provider.js";
import type { Clock } from "../time/clock.js";
import { pluginFault, withTimeout } from "./ask-provider.js";
import type { BoundAuth } from "./auth.js";
import { type CheckedAnswer, checkAnswer, dropBody, wrongAnswer } from "./dispatched-answer.js";

/** What a plugin does with the requests of one server. */
export interface Detour {
  readonly server: ServerConfig;
  readonly rewriting: Rewriting | undefined;
  readonly dispatching: Dispatching | undefined;
}

/** Other addresses for those that clients ask for. */
export interface Rewriting {
  /**
   * The path, with its query, to send a request to.
   *
   * @throws MlflowAuthError: nothing may be sent. `PLUGIN_RESULT` for an address that is not the server's
   */
  to(origin: string, path: string): string;
  /** The address as clients know it; undefined: as it is. Never throws. */
  back(url: URL): URL | undefined;
}

/** Answers in the server's place. */
export interface Dispatching {
  /** The instance whose plugin does. */
  readonly instance: string;
  dispatch(request: DispatchedRequest, next: () => Promise<DispatchedAnswer>): Promise<CheckedAnswer>;
  /** What the plugin's answer failed with, as an error that names the plugin. */
  fault(thrown: unknown): MlflowAuthError;
}

type ServerOf = (origin: string, path: string) => ServerConfig | undefined;

/**
 * Those of the servers for which a plugin does anything of the kind.
 *
 * @param serverOf the listed server to which a path of an origin belongs
 * @param clock for the time that a plugin gets until it answers, or asks the server
 * @throws MlflowAuthError `PLUGIN_INTERFACE` if two plugins of a server want to
 */
export function createDetours(
  servers: readonly { readonly server: ServerConfig; readonly auth: readonly BoundAuth[] }[],
  serverOf: ServerOf,
  clock: Clock,
): ReadonlyMap<ServerConfig, Detour> {
  const detours = new Map<ServerConfig, Detour>();
  for (const { server, auth } of servers) {
    const rewrites = theOnly("rewrite", server, auth);
    const dispatches = theOnly("dispatch", server, auth);
    if (rewrites === undefined && dispatches === undefined) continue;
    const rewriting = rewrites && createRewriting(server, rewrites, serverOf);
    detours.set(server, { server, rewriting, dispatching: dispatches && createDispatching(dispatches, clock) });
  }
  return detours;
}

/** Of several it would be chance which comes first. */
function theOnly(
  method: "rewrite" | "dispatch",
  { uri }: ServerConfig,
  auth: readonly BoundAuth[],
): BoundAuth | undefined {
  const [first, second] = auth.filter(({ provider }) => provider[method] !== undefined);
  if (first === undefined || second === undefined) return first;
  const message = `plugins ${first.instance} and ${second.instance} both have \`${method}\` for ${uri}, and one alone can`;
  throw new MlflowAuthError("PLUGIN_INTERFACE", message, {
    plugin: second.instance,
    server: uri,
    remedy: "leave one of them out of `auth` of that server",
  });
}

function createRewriting(server: ServerConfig, bound: BoundAuth, serverOf: ServerOf): Rewriting {
  const { instance, provider } = bound;
  const rewrite = provider.rewrite as Rewrite;

  function asked(origin: string, path: string): URL {
    try {
      return new URL(rewrite.to(new URL(origin + path)));
    } catch (thrown) {
      throw pluginFault(thrown, bound);
    }
  }

  /** On whichever host of the server, for a wildcard has several; and the origin may have other servers beside it. */
  const isHere = ({ origin, pathname, search }: URL) => serverOf(origin, pathname + search) === server;

  return {
    to(origin, path) {
      const url = asked(origin, path);
      // As the client wrote it, where nothing is changed: the parser would escape some characters.
      const same = new URL(origin + path);
      if (url.href === same.href) return path;
      const rewritten = url.pathname + url.search;
      const isOurs = url.origin === same.origin && url.username === "" && url.password === "";
      if (isOurs && serverOf(origin, rewritten) === server) return rewritten;
      const message = `plugin ${instance} led a request to ${server.uri} to another address than that server's`;
      throw new MlflowAuthError("PLUGIN_RESULT", message, {
        plugin: instance,
        server: server.uri,
        remedy: "report this to the plugin's author",
      });
    },
    back(url) {
      try {
        if (!isHere(url)) return undefined;
        const led = new URL(rewrite.back(new URL(url)));
        return led.origin === url.origin && led.href !== url.href && isHere(led) ? led : undefined;
      } catch {
        // The client gets the server's own address then.
        return undefined;
      }
    },
  };
}

function createDispatching(bound: BoundAuth, clock: Clock): Dispatching {
  const { instance, provider } = bound;
  const { dispatch } = provider as Required<Pick<RequestAuthProvider, "dispatch">>;

  async function dispatchOne(request: DispatchedRequest, next: () => Promise<DispatchedAnswer>) {
    let isAsked = false;
    /** What the way to the server, or the client's body, failed with. */
    const failures = new Set<unknown>();
    const sent = Promise.withResolvers<void>();
    let reading: Promise<unknown> | undefined;
    const begun = Promise.withResolvers<void>();
    const once = () => {
      if (isAsked) return Promise.reject(wrongAnswer(instance, "called next() a second time"));
      isAsked = true;
      sent.resolve();
      const asked = next();
      // A plugin that does not wait for it has not forgotten a failure: nobody wants the server's answer then.
      asked.catch((thrown: unknown) => failures.add(thrown));
      return asked;
    };
    const read = () => {
      reading = request.body();
      reading.catch((thrown: unknown) => failures.add(thrown));
      begun.resolve();
      return reading as ReturnType<DispatchedRequest["body"]>;
    };
    // Nor does it run on for a client that is gone.
    request.signal.addEventListener("abort", () => sent.resolve(), { once: true });
    let answer: Promise<DispatchedAnswer> | undefined;
    try {
      answer = Promise.resolve(dispatch.call(provider, { ...request, body: read }, once));
      // Its time stands still while it waits for the client's body, and the server takes what it takes.
      await withTimeout(Promise.race([answer, sent.promise, begun.promise]), bound, clock);
      await reading?.catch(() => undefined);
      await withTimeout(Promise.race([answer, sent.promise]), bound, clock);
      return checkAnswer(await answer, instance, request.method);
    } catch (thrown) {
      // One that comes too late, or is refused.
      answer?.then((late) => dropBody(late?.body)).catch(() => undefined);
      // What went wrong on the way to the server is the server's.
      throw failures.has(thrown) ? thrown : pluginFault(thrown, bound);
    }
  }

  return { instance, dispatch: dispatchOne, fault: (thrown) => pluginFault(thrown, bound) };
}
