/** Signatures: what a provider adds to a request once all else of it stands. */
import type { ServerConfig } from "../config/config.js";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { headerKey } from "../http/client-credentials.js";
import { checkHeaders, headerCollision } from "../http/headers.js";
import type { Auth, RequestAuthProvider, SignableRequest } from "../provider/provider.js";
import { isSecret } from "../secret/secret.js";
import type { Clock } from "../time/clock.js";
import { isPromise, pluginFault, withTimeout } from "./ask-provider.js";
import type { AuthResult } from "./auth.js";

/** One attempt to send a request, complete but for its signature. */
export type UnsignedRequest = Omit<SignableRequest, "url" | "server"> & {
  /** Scheme, host and port. */
  readonly origin: string;
};

/** Signs the requests that carry one credential. */
export interface Signing {
  /** The instance whose plugin signs. */
  readonly instance: string;
  /** What becomes of streamed bodies that are longer than those which are kept in memory. */
  readonly longBodies: "spool" | "refuse";
  /**
   * @returns the headers to add, as they are sent
   * @throws MlflowAuthError: the request must not be sent
   */
  sign(request: UnsignedRequest): Promise<readonly (readonly [name: string, value: string])[]>;
}

/** @param owners the keys of the headers that are there already, to the instances that set them */
export function createSigning(
  server: ServerConfig,
  { bound, auth }: AuthResult,
  owners: ReadonlyMap<string, string>,
  clock: Clock,
): Signing {
  const { instance } = bound;
  const provider = bound.provider as Required<Pick<RequestAuthProvider, "signRequest">> & RequestAuthProvider;

  async function sign({ origin, ...request }: UnsignedRequest): Promise<[name: string, value: string][]> {
    const headers = await asked({
      ...request,
      server,
      get url() {
        return new URL(origin + request.path);
      },
    });
    for (const [name] of headers) {
      const owner = owners.get(headerKey(name));
      if (owner !== undefined) throw headerCollision(name, owner, instance, server.uri);
    }
    if (headers.length > 0) return headers;
    throw new MlflowAuthError("PLUGIN_RESULT", `plugin ${instance} answered signRequest() with no header`, {
      plugin: instance,
      remedy: "report this to the plugin's author",
    });
  }

  async function asked(request: SignableRequest): Promise<[name: string, value: string][]> {
    try {
      const answer = provider.signRequest(request, auth as Auth);
      const given = isPromise(answer) ? await withTimeout(answer, bound, clock) : answer;
      return checkHeaders(given, instance).map(([name, value]) => [name, isSecret(value) ? value.reveal() : value]);
    } catch (thrown) {
      throw pluginFault(thrown, bound);
    }
  }

  return { instance, longBodies: provider.longBodies === "refuse" ? "refuse" : "spool", sign };
}
