/**
 * MLflow's AI gateway: what lies below `/gateway/` passes requests on to LLM providers, and most headers with them. Read from the
 * sources of MLflow 3.14 to 3.17 (mlflow/server/gateway_api.py and auth, mlflow/gateway/providers).
 */
import { headerKey } from "../http/client-credentials.js";
import { isNamed, segmentReadings } from "../http/reads-below.js";

/**
 * The header for MLflow's own credential below the gateway, since 3.15: its login prefers it to Authorization there, and no provider
 * gets it (`MLFLOW_GATEWAY_AUTH_HEADER`, `_STRIPPED_HEADERS`). The login takes Basic alone, here as there.
 */
export const GATEWAY_AUTHORIZATION = "X-MLflow-Authorization";

/** Headers in which a client may bring a key for a provider (`_CLIENT_AUTH_HEADERS`): keys as {@link headerKey} gives them. */
export const PROVIDER_KEYS: ReadonlySet<string> = new Set(["authorization", "x-api-key", "x-goog-api-key", "api-key"]);

/** What the User-Agent of a program holds whose keys MLflow passes on (`_USER_CREDENTIAL_AGENTS`), in lower case. */
export const CODING_AGENTS: readonly string[] = ["claude-cli", "codex", "geminicli"];

/** What every spelling of such a path holds. */
const LIKELY = /\/gateway|[^!-~]|[%\\]/i;

/**
 * What MLflow itself serves below its address, none of which its gateway passes on (mlflow/server/__init__.py and fastapi_app.py). One of
 * its routes lacks the slash behind the API version.
 */
const MLFLOWS_OWN =
  /^\/?$|^\/(?:(?:ajax-)?api\/\d+\.\d+(?:mlflow)?|static-files|graphql|version|health|server-info|get-artifact|model-versions\/get-artifact|v1\/traces|signup|build)(?:\/|$)/;

/** What a segment of each of the gateway's routes is, but for `/gateway/proxy/`; or one that may be it in another spelling. */
const OF_A_ROUTE = /\/v\d|invocations|[^!-~]|[%\\;]/i;

/**
 * Whether a server could read a path as one below its gateway, in whatever spelling. At any depth, for MLflow may lie deeper than the
 * address that is listed; but what lies below MLflow's own API is named by users. Where the address itself has a gateway in its path, it
 * may be that of an MLflow or lie inside one's gateway: all but what is plainly MLflow's own is below it.
 *
 * @param path of a request to a listed server, with or without its query; it does not lead out of the server's base
 * @param server the server's URI
 */
export function isBelowGateway(path: string, server: string): boolean {
  const around = gatewayAround(server);
  if (around === "none") return LIKELY.test(path) && gatewaysIn(path, server).length > 0;
  if (around === "passes all on") return true;
  const below = belowBase(path, server);
  // The address of a whole route, such as /gateway/openai/v1/models: what goes there goes to a provider.
  return !MLFLOWS_OWN.test(below) || (below.length < 2 && OF_A_ROUTE.test(basePathOf(server)));
}

/**
 * Whether the gateway that a path is below is that of the MLflow at the listed address, in each way to read it. One that lies deeper may
 * be another MLflow's, of another version, and so may one around the address.
 */
export function isGatewayOfListed(path: string, server: string): boolean {
  const gateways = gatewaysIn(path, server);
  return gatewayAround(server) !== "passes all on" && gateways.length > 0 && gateways.every((index) => index === 0);
}

/** Whether a listed address may lie inside an AI gateway, and in the part of it that passes every path on, `/gateway/proxy/`. */
export function gatewayAround(server: string): "none" | "passes some on" | "passes all on" {
  // A parser would cost each request more than this.
  if (!LIKELY.test(server)) return "none";
  const found = readingsWithGateway(basePathOf(server));
  if (found.length === 0) return "none";
  const passesAll = found.some((segments) =>
    segments.some((segment, index) => isNamed(segment, "gateway") && isNamed(segments[index + 1], "proxy")),
  );
  return passesAll ? "passes all on" : "passes some on";
}

/** How many segments below the server's address the gateway lies, for each way to read the path that finds one. */
function gatewaysIn(path: string, server: string): number[] {
  return readingsWithGateway(belowBase(path, server)).map(gatewayIn);
}

function readingsWithGateway(path: string): (readonly string[])[] {
  return segmentReadings(path, "any case").filter((segments) => {
    const gateway = gatewayIn(segments);
    const isUsers = /\/(?:ajax-)?api\/\d+\.\d+\//.test(`/${segments.slice(0, gateway).join("/")}/`);
    return gateway !== -1 && !isUsers;
  });
}

function gatewayIn(segments: readonly string[]): number {
  return segments.findIndex((segment) => isNamed(segment, "gateway"));
}

function belowBase(path: string, server: string): string {
  return (path.split(/[?#]/, 1)[0] as string).slice(basePathOf(server).length);
}

/** @param server its URI, of which the host may hold a wildcard */
export function basePathOf(server: string): string {
  return new URL(server.replace("*", "x")).pathname.replace(/\/+$/, "");
}

/** Whether MLflow may pass keys of this client on: it is a coding agent, or has brought one. */
export function bringsProviderKeys(eachHeader: (visit: (name: string, value: unknown) => void) => void): boolean {
  let found = false;
  eachHeader((name, value) => {
    const key = headerKey(name);
    if (PROVIDER_KEYS.has(key)) found = true;
    else if (key === "user-agent") found ||= isCodingAgent(String(value));
  });
  return found;
}

function isCodingAgent(userAgent: string): boolean {
  const text = userAgent.toLowerCase();
  return CODING_AGENTS.some((agent) => text.includes(agent));
}

/** A version of MLflow, as `/version` answers it. */
export interface MlflowVersion {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
}

/** Undefined for what is no version. What comes before `X.Y.0` counts as the release before that: it may lack what X.Y brought. */
export function readVersion(text: string): MlflowVersion | undefined {
  const [, major, minor, patch, rest] = /^(\d{1,4})\.(\d{1,4})\.(\d{1,4})([-.+\w]{0,40})$/.exec(text.trim()) ?? [];
  if (major === undefined) return undefined;
  const before = patch === "0" && /^[-.]?(?:a|b|rc|dev|pre)/i.test(rest as string);
  return { text: text.trim(), major: Number(major), minor: Number(minor) - (before ? 1 : 0) };
}

/** Whether the gateway takes {@link GATEWAY_AUTHORIZATION} and keeps it. */
export const takesOwnHeader = (version: MlflowVersion) => isSince(version, 3, 15);

/** Whether the gateway keeps an Authorization to itself, unless it comes from a coding agent. */
export const keepsAuthorization = (version: MlflowVersion) => isSince(version, 3, 17);

function isSince(version: MlflowVersion, major: number, minor: number): boolean {
  return version.major > major || (version.major === major && version.minor >= minor);
}
