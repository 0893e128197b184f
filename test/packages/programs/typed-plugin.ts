/** What authors write, held to the types of the packed package: every interface, and every type that its methods take or give. */
import {
  type Auth,
  anonymous,
  type Command,
  type CommandContext,
  type CommandFactory,
  type CommandInstance,
  type CommandOutput,
  type CredentialProviderOptions,
  credentialProvider,
  type DispatchedAnswer,
  type DispatchedRequest,
  type ErrorCode,
  type ExitCode,
  type Factory,
  type FetchedCredential,
  type HttpRequest,
  type HttpResponse,
  type InvalidationKind,
  type OpenedFile,
  type PluginContext,
  type ProviderHeaders,
  type ProviderRequest,
  type RejectedAuth,
  type RequestAuthProvider,
  type RequestHeaderProvider,
  type Rewrite,
  type Run,
  type RunContextProvider,
  Secret,
  type SecretSource,
  type SignableRequest,
} from "@mlflow-auth/core/plugin";

interface Options extends CredentialProviderOptions {
  readonly address: string;
  readonly key: SecretSource;
  readonly audience?: string;
}

// The plugin of one function: what may be missing is given as it is.
export const createShort = credentialProvider<Options>(
  async ({ address, key, audience }, context, request): Promise<FetchedCredential> => {
    const asked: HttpRequest = {
      url: new URL("token", address),
      method: audience === undefined ? undefined : "POST",
      headers: { "X-Key": await key.read() },
      body: audience,
      timeout: undefined,
    };
    const answer: HttpResponse = await context.http.send(asked);
    if (answer.status !== 200) throw context.refuse(answer, { what: `the token for ${request.url.host}` });
    const told = JSON.parse(answer.text) as { token: string; user?: string; password?: string; ends?: number };
    return { token: told.token, username: told.user, password: told.password, expiresAt: told.ends, id: undefined };
  },
  { key: (request) => request.server.uri },
);

const rewrite: Rewrite = { to: (url) => new URL(url), back: (url: URL): URL => url };

class Signer implements RequestAuthProvider {
  readonly #context: PluginContext;
  readonly longBodies = "refuse";
  readonly rewrite = rewrite;
  constructor(context: PluginContext) {
    this.#context = context;
  }
  getAuth({ url }: ProviderRequest): Auth | typeof anonymous | undefined {
    if (url.pathname === "/version") return anonymous;
    return url.hash === "" ? { headers: {}, id: "first", expiresAt: undefined } : undefined;
  }
  invalidate(kind: InvalidationKind, { request, auth, serverTime }: RejectedAuth): void {
    this.#context.logger.info({ reason: `${kind} ${auth.id} ${serverTime ?? 0}` }, request.method);
  }
  async signRequest({ url, path, method, headers, sha256 }: SignableRequest, auth: Auth): Promise<ProviderHeaders> {
    const names: readonly string[] = headers.map(([name]) => name);
    return { "X-Signature": new Secret([method, url.host, path, names, await sha256(), auth.id].join()) };
  }
  async dispatch(request: DispatchedRequest, next: () => Promise<DispatchedAnswer>): Promise<DispatchedAnswer> {
    const body: Uint8Array | undefined = await request.body();
    if (request.signal.aborted || body === undefined) return await next();
    const { status, headers, body: text } = await next();
    return body.length > 0
      ? { status: 200, headers: { "Set-Cookie": ["a=1", "b=2"] }, body }
      : { status, headers, body: text };
  }
  isPermissionDenial(body: string): boolean {
    return body.includes("denied");
  }
}

export const createRequestAuthProvider: Factory<"mlflow.request_auth_provider", Options> = (_, context) =>
  new Signer(context);

export const createRequestHeaderProvider: Factory<"mlflow.request_header_provider"> = (): RequestHeaderProvider => ({
  inContext: () => true,
  requestHeaders: async ({ server }) => ({ "X-Server": server.uri }),
});

export const createRunContextProvider: Factory<"mlflow.run_context_provider"> = (): RunContextProvider => ({
  tags: ({ experimentId, runName, tags }: Run) => ({ ...tags, of: `${experimentId} ${runName}` }),
});

export const createCommand: CommandFactory = (): Command => ({
  async run([word = "--help", ...others]: readonly string[], context: CommandContext): Promise<ExitCode | undefined> {
    const usage: ErrorCode = "USAGE";
    if (others.length > 0) throw context.error(usage, "one word too many", { remedy: undefined, transient: false });
    const file: OpenedFile = await context.openFile();
    const [instance]: readonly CommandInstance[] = file.instances;
    const out: CommandOutput = context.stdout;
    out.write(`${word} ${instance?.name} ${out.hasColours}\n`);
    const { status } = await file.send({ url: await file.server(others[0]), tries: undefined });
    return status === 200 ? undefined : 4;
  },
});

// @ts-expect-error: a signature alone is no auth provider.
export const unsound: RequestAuthProvider = { signRequest: () => ({}) };
// @ts-expect-error: an exit code is one of five.
export const undecided: Command = { run: () => 7 };
