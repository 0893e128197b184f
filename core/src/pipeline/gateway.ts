/**
 * What a request below MLflow's AI gateway carries. MLflow passes headers of its clients on to LLM providers, so the credential goes
 * only where this MLflow is known to keep it to itself; and a key that the client has for its provider stays.
 */
import type { ServerConfig } from "../config/config.js";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { headerKey } from "../http/client-credentials.js";
import {
  basePathOf,
  bringsProviderKeys,
  GATEWAY_AUTHORIZATION,
  gatewayAround,
  isGatewayOfListed,
  keepsAuthorization,
  takesOwnHeader,
} from "../mlflow/gateway.js";
import type { RejectionKind } from "../mlflow/rejection.js";
import type { Logger } from "../provider/context.js";
import { anonymous } from "../provider/provider.js";
import type { Clock } from "../time/clock.js";
import type { AuthResult } from "./auth.js";
import type { AuthorizerRequest } from "./authorizer-request.js";
import { type AuthorizedHeaders, compose } from "./compose.js";
import { createServerVersions, type VersionFound } from "./server-versions.js";

/** Whose AI gateway it is, and where its credentials come from. */
export interface GatewayOptions {
  readonly server: ServerConfig;
  /** Undefined for a server without an auth provider. */
  resolve(request: AuthorizerRequest): AuthResult | undefined | Promise<AuthResult>;
  /** The instances whose credentials the server gets elsewhere beside that one. */
  readonly others: readonly string[];
  /** Told which credential went into which headers; gives them back. */
  made(result: AuthResult | undefined, authorized: AuthorizedHeaders): AuthorizedHeaders;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The AI gateway of one server. */
export interface Gateway {
  /**
   * @returns the same object while nothing changes
   * @throws MlflowAuthError (or rejects) `GATEWAY_CREDENTIAL`: the provider could get the credential, so the request must not be sent;
   *   or why there is no credential
   */
  authorize(request: AuthorizerRequest): AuthorizedHeaders | Promise<AuthorizedHeaders>;
  /** To be told that a credential was rejected, which nothing could be done about. */
  rejected(authorized: AuthorizedHeaders, kind: RejectionKind): void;
}

const SAFE_SERVER =
  "have that server run MLflow 3.17 or newer, listed with its whole base path and with a credential in Authorization";
const AROUND =
  "the address that is listed has a gateway in its own path, so it may lie inside the gateway of an MLflow";
const REWRITTEN = "a plugin leads it to another address, so which MLflow's gateway it comes to is not known";
const ITS_ADDRESS = "list that MLflow by its own address, without `/gateway/` and what follows";
/** The way out that the file has, and its risk. */
const THE_SWITCH =
  "write `gateway: { header: NAME }` for that server: the credential then goes in that header, and unless MLflow or a proxy in front of it takes it off, the provider can read and use it";

/** Costs a server nothing until a request goes there. */
export function createGateway({ server, resolve, others, made, clock, logger }: GatewayOptions): Gateway {
  const versions = createServerVersions(clock);
  const base = basePathOf(server.uri);
  /** What was made last for each header that the credential may go in. */
  const shapes = new Map<string, { result: AuthResult | undefined; authorized: AuthorizedHeaders }>();

  /** The credential in this header, in place of its own; `undefined`: in its own. */
  function inHeader(name: string | undefined, result: AuthResult | undefined): AuthorizedHeaders {
    const key = name ?? "";
    const last = shapes.get(key);
    if (last !== undefined && last.result === result) return last.authorized;
    const composed = compose(server, result, [], clock);
    const authorized = made(result, Object.freeze({ ...composed, ...renamed(composed, name), belowGateway: true }));
    shapes.set(key, { result, authorized });
    return authorized;
  }

  function renamed(composed: AuthorizedHeaders, name: string | undefined) {
    const { headers, provider } = composed;
    if (name === undefined || headers.some(([own]) => headerKey(own) === headerKey(name))) return {};
    const [only, ...others] = headers;
    if (only === undefined || others.length > 0) {
      throw unsafe(
        `the credential of ${provider} is made of several headers, and ${name} is none of them`,
        `let \`gateway\` of that server name one of them: ${headers.map(([own]) => own).join(", ")}`,
      );
    }
    return {
      headers: Object.freeze([Object.freeze([name, only[1]] as const)]),
      sources: Object.freeze({ [name]: provider as string }),
    };
  }

  function byVersion(result: AuthResult, keys: boolean, version: VersionFound): AuthorizedHeaders {
    if ("unknown" in version) throw unsafe(`which headers its MLflow passes on is not known: ${version.unknown}`);
    const { text } = version;
    if (keys) {
      if (takesOwnHeader(version)) return inHeader(GATEWAY_AUTHORIZATION, result);
      const who = "the client is a coding agent or has a provider's key of its own, whose headers";
      throw unsafe(`${who} MLflow ${text} passes on, and only 3.15 and newer keep ${GATEWAY_AUTHORIZATION}`);
    }
    if (keepsAuthorization(version)) return inHeader(undefined, result);
    throw unsafe(`MLflow ${text} may pass Authorization on, and only 3.17 and newer keep it`);
  }

  function unsafe(why: string, remedy = `${SAFE_SERVER}; or ${THE_SWITCH}`): MlflowAuthError {
    const { uri } = server;
    const message = `a request below /gateway/ of ${uri} was not sent, for an LLM provider could get its credential: ${why}`;
    return new MlflowAuthError("GATEWAY_CREDENTIAL", message, { server: uri, remedy });
  }

  function authorize(request: AuthorizerRequest): AuthorizedHeaders | Promise<AuthorizedHeaders> {
    if (others.length > 0 && server.gateway === undefined) {
      const why = `the credential of ${others.join(", ")} is listed under \`headers\`, and MLflow may pass it on`;
      throw unsafe(why, `${THE_SWITCH}; the one under \`headers\` then stays away`);
    }
    const result = resolve(request);
    return result instanceof Promise ? result.then((given) => put(given, request)) : put(result, request);
  }

  function put(result: AuthResult | undefined, request: AuthorizerRequest) {
    if (result === undefined || result.auth === anonymous) return inHeader(undefined, result);
    if (result.bound.provider.signRequest !== undefined) {
      const why = `${result.bound.instance} signs requests, and MLflow may pass the signature on`;
      throw unsafe(
        why,
        `list ${server.uri}/gateway as a server of its own with a credential that is no signature, or \`auth: []\``,
      );
    }
    if (server.gateway !== undefined) return inHeader(server.gateway.header, result);
    const { headers, provider } = inHeader(undefined, result);
    if (headers.length !== 1 || headerKey((headers[0] as readonly [string, unknown])[0]) !== "authorization") {
      const names = headers.map(([name]) => name).join(", ");
      throw unsafe(`the credential of ${provider} is in ${names}, and MLflow keeps none but Authorization to itself`);
    }
    const { eachHeader, ask } = request;
    if (eachHeader === undefined || ask === undefined) {
      const why = "in which header it is safe depends on the other headers of the request, which are not known here";
      throw unsafe(
        why,
        `send the request with the library's \`fetch\` or interceptor, \`register\`, \`exec\` or \`proxy\`; or ${THE_SWITCH}`,
      );
    }
    const { pathname, origin } = new URL(request.url);
    if (!isGatewayOfListed(request.path ?? pathname, server.uri)) {
      if (request.askedPath !== undefined) throw unsafe(REWRITTEN);
      if (gatewayAround(server.uri) !== "none") throw unsafe(AROUND, `${ITS_ADDRESS}; or ${THE_SWITCH}`);
      throw unsafe("it lies deeper than the address that is listed, so which MLflow's it is is not known");
    }
    const keys = bringsProviderKeys((visit) => eachHeader.call(request, visit));
    const version = versions(`${origin}${base}`, ask);
    return version instanceof Promise
      ? version.then((found) => byVersion(result, keys, found))
      : byVersion(result, keys, version);
  }

  let warned = false;

  function rejected({ sources }: AuthorizedHeaders, kind: RejectionKind): void {
    if (warned || kind !== "unauthorized" || server.gateway !== undefined || !(GATEWAY_AUTHORIZATION in sources))
      return;
    warned = true;
    const message = `${server.uri} rejected the credential in ${GATEWAY_AUTHORIZATION}, where it goes below /gateway/ beside a key of the client: MLflow's own login takes it there, and Basic alone; for a proxy in front of MLflow that looks elsewhere, ${THE_SWITCH}`;
    logger.warn({ server: server.uri, reason: "unauthorized" }, message);
  }

  return { authorize, rejected };
}
