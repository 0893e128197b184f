/** How the Azure SDK sends: through core's HTTP client, with its rules for proxies, authorities, cleartext, redirects and retries. */
import { Agent } from "node:https";
import type { SecretClientOptions } from "@azure/keyvault-secrets";
import {
  type HttpClient,
  type HttpResponse,
  isMlflowAuthError,
  type MlflowAuthError,
  type PluginContext,
} from "@mlflow-auth/core/plugin";
import { type Authority, isLogin } from "./clouds.js";
import type { AzureOptions } from "./generated/options.js";
import { loginAnswerFault } from "./login-faults.js";
import { vaultAnswerFault, vaultConnectionFault } from "./vault-faults.js";

/** For the option `httpClient` of every client of the SDK. */
export type SdkHttpClient = NonNullable<SecretClientOptions["httpClient"]>;
type SdkRequest = Parameters<SdkHttpClient["sendRequest"]>[0];

/** The two ways out, and what came of the second: MSAL, the library inside the SDK, keeps no error that it is thrown. */
export interface SdkHttp {
  readonly vault: SdkHttpClient;
  readonly login: SdkHttpClient;
  /** Why the last login failed; undefined if it did not, or if nothing was asked. */
  loginFault(): MlflowAuthError | undefined;
  /** Before the next fetch. */
  forgetFault(): void;
}

/**
 * What every client of the SDK is made with. Core's client goes through the corporate proxy, and tries again as the other side asks, so
 * the SDK does neither. It looks for no proxy in `process.env` where it is given one, and makes no agent for that (which may print its
 * password) where it is given an agent; neither is ever used.
 */
export function clientSettings(httpClient: SdkHttpClient) {
  return {
    httpClient,
    agent: new Agent(),
    retryOptions: { maxRetries: 0 },
    redirectOptions: { maxRetries: 0 },
    proxyOptions: { host: "http://proxy.invalid", port: 1 },
  };
}

/** Where a managed identity is had, by variable. The first is a host, and stands for the metadata service of virtual machines. */
const IDENTITY_VARIABLES = ["AZURE_POD_IDENTITY_AUTHORITY_HOST", "IDENTITY_ENDPOINT", "MSI_ENDPOINT", "IMDS_ENDPOINT"];
const METADATA_SERVICE = "http://169.254.169.254";

/** Loads what the SDK's clients have in common. Nothing is asked before the first request. */
export async function createSdkHttp(
  options: AzureOptions,
  authority: Authority,
  context: PluginContext,
): Promise<SdkHttp> {
  const { createHttpHeaders } = await import("@azure/core-rest-pipeline");
  const { vaultUrl, tls } = options;
  const http = context.http.with({ ca: tls.caFile, tlsNames: { ca: "tls.caFile", cert: "", key: "" } });
  // What stands on the machine itself is not behind the corporate proxy, and speaks plain http.
  const onMachine = context.http.with({ allowInsecure: true, direct: true });
  const identities = identityOrigins(context);
  const { origin: vault } = new URL(vaultUrl);
  let last: MlflowAuthError | undefined;

  const client = (answered: (request: SdkRequest, url: URL) => Promise<HttpResponse>): SdkHttpClient => ({
    async sendRequest(request) {
      // Of itself the SDK starts the next request of a fetch after the end, too.
      context.signal.throwIfAborted();
      const { status, headers, text } = await answered(request, new URL(request.url));
      const flat = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(", ")]);
      return { request, status, headers: createHttpHeaders(Object.fromEntries(flat)), bodyAsText: text };
    },
  });

  return {
    vault: client(async (request, url) => {
      if (url.origin !== vault) throw elsewhere(url, context);
      const answer = await send(http, request).catch((thrown) => {
        throw vaultConnectionFault(thrown, options, context);
      });
      const fault = vaultAnswerFault(answer, request, { options, authority, context });
      if (fault !== undefined) throw fault;
      return answer;
    }),
    login: client(async (request, url) => {
      try {
        const isIdentity = identities.has(url.origin);
        if (!isIdentity && !isLogin(url, authority)) throw elsewhere(url, context);
        const answer = await send(isIdentity ? onMachine : http, request);
        last = loginAnswerFault(answer, request, { isIdentity, context });
        return answer;
      } catch (thrown) {
        if (isMlflowAuthError(thrown)) last = thrown;
        throw thrown;
      }
    }),
    loginFault: () => last,
    forgetFault() {
      last = undefined;
    },
  };
}

function send(http: HttpClient, request: SdkRequest): Promise<HttpResponse> {
  const { url, method, body, timeout } = request;
  // What is compressed would have to be unpacked here.
  const { "accept-encoding": _, ...headers } = request.headers.toJSON();
  return http.send({
    url,
    method,
    headers,
    ...(typeof body === "string" && { body }),
    // The SDK sets a time to find out whether there is anybody at all.
    ...(timeout > 0 && { timeout, tries: "once" }),
  });
}

/** Scheme, host and port of each. */
function identityOrigins({ env }: PluginContext): ReadonlySet<string> {
  const named = IDENTITY_VARIABLES.map((name) => URL.parse(env[name] ?? "")?.origin);
  return new Set([METADATA_SERVICE, ...named.filter((origin) => origin !== undefined)]);
}

function elsewhere({ host }: URL, context: PluginContext): MlflowAuthError {
  return context.error(
    "LOGIN_FAILED",
    `the Azure SDK was about to send to ${host}, where nothing of this login belongs`,
    {
      remedy: "check authorityHost (AZURE_AUTHORITY_HOST): what answers there names another host",
    },
  );
}
