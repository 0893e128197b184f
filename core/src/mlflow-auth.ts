/** The library: what a program in Node gets from the file. */
import { Agent, type Dispatcher, Dispatcher1Wrapper } from "undici";
import type { Config } from "./config/config.js";
import { isMlflowAuthError, MlflowAuthError } from "./errors/mlflow-auth-error.js";
import { type OpenGateOptions, openGate } from "./open-gate.js";
import type { Authorization } from "./pipeline/compose.js";
import { isPromise } from "./pipeline/slot.js";
import { isSecret } from "./secret/secret.js";
import { createInterceptor } from "./transport/interceptor.js";

export type LoadMlflowAuthOptions = OpenGateOptions;

/** What MLflow's TypeScript SDK takes as `authProvider`. */
export interface SdkAuthProvider {
  getHost(): string;
  getHeadersProvider(): () => Promise<Record<string, string>>;
  getDatabricksToken(): undefined;
}

export interface MlflowAuth {
  /** The file, checked and completed. */
  readonly config: Config;
  /**
   * The headers that a request to `url` must carry, name to value. The values are the credentials themselves: pass them on, never
   * log them.
   *
   * @throws MlflowAuthError `DESTINATION_UNLISTED` if the URL belongs to no server of the file; any other code if there is no
   *   credential, and then the request must not be sent
   */
  headers(url: string | URL, method?: string): Promise<Record<string, string>>;
  /** `fetch` with the credentials of the listed servers; every other request passes untouched. Rejects with MlflowAuthError. */
  readonly fetch: typeof globalThis.fetch;
  /** For undici: `new Agent().compose(auth.interceptor)`. Compose it outside of undici's redirect interceptor. */
  readonly interceptor: Dispatcher.DispatcherComposeInterceptor;
  /** For MLflow's TypeScript SDK. `url` may be left out where the file has a single server. */
  authProvider(url?: string | URL): SdkAuthProvider;
  /** Closes the plugins and every connection that was opened here. */
  close(): Promise<void>;
}

/**
 * Loads `mlflow-auth.yaml` (found as the command finds it, or `configFile`, or given as the object `config`).
 *
 * @throws MlflowAuthError with a `code`; `problems` lists everything that is wrong with the file
 */
export async function loadMlflowAuth(options: LoadMlflowAuthOptions = {}): Promise<MlflowAuth> {
  const { gate, config, dispatcherFor, close } = await openGate(options);
  const interceptor = createInterceptor(gate, { dispatcherFor });
  const agent = new Agent();
  // Node's own fetch may be of an older undici than ours; the wrapper understands both.
  const dispatcher = new Dispatcher1Wrapper(agent.compose(interceptor));

  const plain = createPlainHeaders();

  async function headers(url: string | URL, method = "GET"): Promise<Record<string, string>> {
    const authorized = gate.authorize({ url: String(url), method });
    const authorization = isPromise(authorized) ? await authorized : authorized;
    if (authorization === undefined) throw unlisted(url, config);
    return plain(authorization);
  }

  return {
    config,
    headers,
    interceptor,
    async fetch(input, init) {
      try {
        return await globalThis.fetch(input, { ...init, dispatcher } as unknown as RequestInit);
      } catch (thrown) {
        const cause = (thrown as { cause?: unknown } | undefined)?.cause;
        throw isMlflowAuthError(cause) ? cause : thrown;
      }
    },
    authProvider(url) {
      const host = String(url ?? onlyServer(config));
      const provide = async () => ({ "Content-Type": "application/json", ...(await headers(host)) });
      return { getHost: () => host, getHeadersProvider: () => provide, getDatabricksToken: () => undefined };
    },
    async close() {
      await close();
      await agent.close();
    },
  };
}

/** Made once per authorization, which stays the same object while nothing changes; every caller gets a copy of its own. */
function createPlainHeaders(): (authorization: Authorization) => Record<string, string> {
  let last: { authorization: Authorization; headers: Record<string, string> } | undefined;
  return (authorization) => {
    if (last?.authorization !== authorization) {
      const entries = authorization.headers.map(([name, value]) => [name, isSecret(value) ? value.reveal() : value]);
      last = { authorization, headers: Object.fromEntries(entries) };
    }
    return { ...last.headers };
  };
}

function unlisted(url: string | URL, config: Config): MlflowAuthError {
  const { origin, pathname } = URL.parse(String(url)) ?? { origin: "the URL", pathname: "" };
  return new MlflowAuthError("DESTINATION_UNLISTED", `${origin}${pathname} belongs to no server of the file`, {
    remedy: `list it under servers; listed are: ${config.servers.map(({ uri }) => uri).join(", ")}`,
  });
}

function onlyServer({ servers }: Config): string {
  const [first, ...others] = servers.filter(({ uri }) => !uri.includes("*"));
  if (first !== undefined && others.length === 0) return first.uri;
  throw new MlflowAuthError("SERVER_AMBIGUOUS", "the file lists several servers, or only wildcards", {
    remedy: `say which one: authProvider("${first?.uri ?? "https://…"}")`,
  });
}
