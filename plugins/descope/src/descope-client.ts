/** Descope's SDK, which sends through core's HTTP client: with its rules for proxies, authorities, cleartext, redirects and retries. */
import { type HttpClient, headerValue, isMlflowAuthError, type PluginContext, Secret } from "@mlflow-auth/core/plugin";
import { closed, noSession, type Proof } from "./faults.js";
import type { DescopeOptions } from "./generated/options.js";

/** What Descope gives for a proof of who one is. */
export interface Granted {
  /** The token of a session, which nobody has validated yet. */
  readonly session: string;
  /** To be used next time in place of the one that was used. */
  readonly refresh?: string | undefined;
}

/** `origin` says where the credential stands, for messages. */
export interface DescopeClient {
  /** @throws MlflowAuthError */
  byAccessKey(accessKey: Secret, origin: string): Promise<Granted>;
  /** @throws MlflowAuthError */
  byRefreshToken(refreshToken: Secret, origin: string): Promise<Granted>;
}

type Sdk = ReturnType<typeof import("@descope/node-sdk").default>;
type Asked = Promise<{ readonly data?: object | undefined; readonly response?: Response | undefined }>;

/** Loads the SDK with the first call. @param options with the address of Descope */
export function createDescopeClient(
  { projectId, address }: Pick<DescopeOptions, "projectId"> & { readonly address: string },
  http: HttpClient,
  context: PluginContext,
): DescopeClient {
  let loading: Promise<Sdk> | undefined;

  async function load(): Promise<Sdk> {
    const { default: descope } = await import("@descope/node-sdk");
    return descope({ projectId, baseUrl: address, fetch: send as typeof fetch });
  }

  /** All that the SDK asks of `fetch`. Answers without a session are thrown as what they mean, so that it does not try again itself. */
  async function send(url: string, { method = "GET", headers, body }: RequestInit): Promise<Response> {
    context.signal.throwIfAborted();
    const named = Object.fromEntries(new Headers(headers));
    const { authorization = "", ...others } = named;
    const answer = await http.send({
      url,
      method,
      headers: { ...others, authorization: new Secret(authorization) },
      ...(typeof body === "string" && { body }),
    });
    const { status, origin, text } = answer;
    if (status !== 200) throw new Refused(status, origin);
    return new Response(text, {
      status,
      headers: [answer.headers["set-cookie"] ?? []].flat().map((cookie) => ["set-cookie", cookie]),
    });
  }

  /** @param origin where the secret stands; `ask` is given its text. @throws MlflowAuthError, `SECRET_FORMAT` for what no header can carry */
  async function granted(
    proof: Proof,
    { secret, origin }: { secret: Secret; origin: string },
    ask: (sdk: Sdk, text: string) => Asked,
  ): Promise<Granted> {
    const faultOf = (answer: { status: number; origin: string }) => noSession(answer, proof, origin, context);
    try {
      loading ??= load();
      const sdk = await loading;
      const sendable = headerValue(secret, { name: `the ${proof} in ${origin}`, error: context.error });
      const { data, response } = await ask(sdk, sendable.reveal());
      const { sessionJwt, refreshJwt } = (data ?? {}) as Record<string, unknown>;
      // A project may be set to hand both out as cookies alone.
      const cookies = response?.headers.getSetCookie() ?? [];
      const session = textOf(sessionJwt) ?? cookie("DS", cookies);
      if (session === undefined) throw new Refused(200, address);
      return { session, refresh: textOf(refreshJwt) ?? cookie("DSR", cookies) };
    } catch (thrown) {
      if (thrown instanceof Refused) throw faultOf(thrown);
      if (isMlflowAuthError(thrown)) throw thrown;
      if (context.signal.aborted) throw closed(context);
      // Not JSON, mostly. The SDK's words may quote what it was given.
      throw faultOf({ status: 200, origin: address });
    }
  }

  return {
    byAccessKey: (secret, origin) =>
      granted("access key", { secret, origin }, (sdk, text) => sdk.accessKey.exchange(text)),
    byRefreshToken: (secret, origin) => granted("refresh token", { secret, origin }, (sdk, text) => sdk.refresh(text)),
  };
}

/** An answer that is no session. Holds nothing of its text. */
class Refused extends Error {
  readonly status: number;
  readonly origin: string;

  constructor(status: number, origin: string) {
    super("Descope gave no session");
    this.status = status;
    this.origin = origin;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function cookie(name: string, cookies: readonly string[]): string | undefined {
  const found = cookies.find((one) => one.startsWith(`${name}=`));
  return textOf(found?.slice(name.length + 1).split(";", 1)[0]);
}
