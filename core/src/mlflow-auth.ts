/** The library: what a program in Node gets from the file. */
import type { Dispatcher } from "undici";
import type { Config, ServerConfig } from "./config/config.js";
import { MlflowAuthError } from "./errors/mlflow-auth-error.js";
import { type LoadConfigOptions, loadConfig } from "./load-config.js";
import { type OpenAuthorizerOptions, openAuthorizer } from "./open-authorizer.js";
import type { AuthorizedHeaders } from "./pipeline/compose.js";
import type { Signing } from "./pipeline/signing.js";
import type { Run } from "./provider/provider.js";
import { isSecret } from "./secret/secret.js";
import { createInterceptor } from "./transport/interceptor.js";
import { createFetch } from "./transport/own-fetch.js";

/** Where the file is, and what the library writes its log to and takes the time from. */
export type LoadMlflowAuthOptions = Omit<LoadConfigOptions, "optionName"> &
  Pick<OpenAuthorizerOptions, "clock" | "logger">;

/** What MLflow's TypeScript SDK takes as `authProvider`. */
export interface SdkAuthProvider {
  getHost(): string;
  getHeadersProvider(): () => Promise<Record<string, string>>;
  getDatabricksToken(): undefined;
}

/** What a program in Node is given: opened once, closed at the end. */
export interface MlflowAuth {
  /** The file, checked and completed. */
  readonly config: Config;
  /**
   * The headers that a request to `url` must carry, name to value, frozen. The values are the credentials themselves: pass them on, never
   * log them.
   *
   * Below `/gateway/` of a server (MLflow's AI gateway, which passes headers on to LLM providers) there are some only where the file
   * names the header to use: without it, which one is safe depends on the other headers of the request, which only `fetch` and
   * `interceptor` see.
   *
   * @throws MlflowAuthError `DESTINATION_UNLISTED` if the URL belongs to no server of the file; `GATEWAY_CREDENTIAL` below `/gateway/`;
   *   `SIGNATURE_NEEDED` where the credential is a signature of the whole request; `PATH_MISLEADING` if servers could read its path as
   *   leading into or out of one; any other code if there is no credential: the request must not be sent then
   */
  headers(url: string | URL, method?: string): Promise<Readonly<Record<string, string>>>;
  /**
   * The tags that a run created on the server of `url` gets, key to value; `url` may be left out where the file has a single
   * server. Clients need not ask: the tags are added to `runs/create` on its way.
   *
   * @throws MlflowAuthError `DESTINATION_UNLISTED` if the URL belongs to no server of the file, `PATH_MISLEADING` if servers
   *   could read its path as leading into or out of one, `SERVER_AMBIGUOUS` if none is given and the file has several; any other
   *   code if a provider fails that is not optional, and then no run can be created
   */
  tags(url?: string | URL): Promise<Record<string, string>>;
  /** `fetch` with the credentials and run tags of the listed servers; every other request passes untouched. Rejects with MlflowAuthError. */
  readonly fetch: typeof globalThis.fetch;
  /**
   * For undici: `new Agent({ allowH2: false }).compose(auth.interceptor)`. Compose it outside of undici's redirect interceptor. By HTTP/2
   * undici ends an upload that breaks off as if it were complete; the interceptor asks for HTTP/1.1, and `Agent` alone hears it.
   */
  readonly interceptor: Dispatcher.DispatcherComposeInterceptor;
  /** For MLflow's TypeScript SDK. `url` may be left out where the file has a single server. */
  authProvider(url?: string | URL): SdkAuthProvider;
  /** Closes the plugins and every connection that was opened here. */
  close(): Promise<void>;
}

/**
 * Loads `mlflow-auth.yaml` (found as the command finds it, or `configFile`, or given as the object `config`). Where none is found, the
 * environment stands in its place, if something in it switches a plugin on: `MLFLOW_AUTH_PLUGINS`, or the switch of an older system.
 *
 * @throws MlflowAuthError with a `code`; `problems` lists everything that is wrong with the file
 */
export async function loadMlflowAuth(options: LoadMlflowAuthOptions = {}): Promise<MlflowAuth> {
  const config = await loadConfig({ ...options, optionName: "configFile" });
  const authorizer = await openAuthorizer(config, options);
  const interceptor = createInterceptor(authorizer);

  const plain = createPlainHeaders();

  function headers(url: string | URL, method = "GET"): Promise<Readonly<Record<string, string>>> {
    try {
      const authorized = authorizer.authorize({ url: typeof url === "string" ? url : url.href, method });
      if (authorized === undefined) throw unlisted(url, config);
      return authorized instanceof Promise ? authorized.then(plain) : plain(authorized);
    } catch (thrown) {
      return Promise.reject(thrown);
    }
  }

  async function tags(url?: string | URL): Promise<Record<string, string>> {
    const target = String(url ?? onlyServer(config, "tags"));
    const server = authorizer.serverFor(target);
    if (server === undefined) {
      authorizer.refuseMisleading({ url: target });
      throw unlisted(target, config);
    }
    return { ...(await authorizer.tags(server, nothingKnown)).tags };
  }

  return {
    config,
    headers,
    tags,
    interceptor,
    fetch: createFetch(interceptor),
    authProvider(url) {
      // The SDK appends `/api…` to it.
      const host = String(url ?? onlyServer(config, "authProvider")).replace(/\/+$/, "");
      const provide = async () => ({ "Content-Type": "application/json", ...(await headers(host)) });
      return { getHost: () => host, getHeadersProvider: () => provide, getDatabricksToken: () => undefined };
    },
    close: authorizer.close,
  };
}

/** Made once per set of authorized headers, which stays the same object while nothing changes; so does the promise. */
function createPlainHeaders(): (authorized: AuthorizedHeaders) => Promise<Readonly<Record<string, string>>> {
  let last: { authorized: AuthorizedHeaders; headers: Promise<Readonly<Record<string, string>>> } | undefined;
  return (authorized) => {
    if (last?.authorized !== authorized) {
      if (authorized.signing !== undefined)
        return Promise.reject(signatureNeeded(authorized.signing, authorized.server));
      const entries = authorized.headers.map(([name, value]) => [name, isSecret(value) ? value.reveal() : value]);
      last = { authorized, headers: Promise.resolve(Object.freeze(Object.fromEntries(entries))) };
    }
    return last.headers;
  };
}

/** A run of which nothing is known yet: what the providers would give to any. */
const nothingKnown: Run = Object.freeze({ experimentId: undefined, runName: undefined, tags: Object.freeze({}) });

function signatureNeeded({ instance }: Signing, { uri }: ServerConfig): MlflowAuthError {
  const message = `plugin ${instance} signs each request to ${uri} as a whole, so there are no headers that others could send`;
  return new MlflowAuthError("SIGNATURE_NEEDED", message, {
    plugin: instance,
    server: uri,
    remedy: "send the request with the library's `fetch` or interceptor, `register`, `exec` or `proxy`",
  });
}

function unlisted(url: string | URL, config: Config): MlflowAuthError {
  const { origin, pathname } = URL.parse(String(url)) ?? { origin: "the URL", pathname: "" };
  if (config.environment !== undefined) {
    const message = `${origin}${pathname} is not the server of MLFLOW_TRACKING_URI, which is the only one without a file`;
    return new MlflowAuthError("DESTINATION_UNLISTED", message, {
      remedy: `use ${config.servers[0]?.uri}, or write a file with \`mlflow-auth init\` that lists more servers`,
    });
  }
  return new MlflowAuthError("DESTINATION_UNLISTED", `${origin}${pathname} belongs to no server of the file`, {
    remedy: `list it under servers; listed are: ${config.servers.map(({ uri }) => uri).join(", ")}`,
  });
}

function onlyServer({ servers }: Config, method: string): string {
  const [first, ...others] = servers.filter(({ uri }) => !uri.includes("*"));
  if (first !== undefined && others.length === 0) return first.uri;
  throw new MlflowAuthError("SERVER_AMBIGUOUS", "the file lists several servers, or only wildcards", {
    remedy: `say which one: ${method}("${first?.uri ?? "https://…"}")`,
  });
}
