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
 * Whether a server could read a path as one below its gateway, in whatever spelling. At any depth, for MLflow may lie deeper than the
 * address that is listed; but what lies below MLflow's own API is named by users.
 *
 * @param path of a request to a listed server, with or without its query; it does not lead out of the server's base
 * @param server the server's URI
 */
export function isBelowGateway(path: string, server: string): boolean {
  return LIKELY.test(path) && gatewaysIn(path, server).length > 0;
}

/**
 * Whether the gateway that a path is below is that of the MLflow at the listed address, in each way to read it. One that lies deeper may
 * be another MLflow's, of another version.
 */
export function isGatewayOfListed(path: string, server: string): boolean {
  return gatewaysIn(path, server).every((index) => index === 0);
}

/** How many segments below the server's address the gateway lies, for each way to read the path that finds one. */
function gatewaysIn(path: string, server: string): number[] {
  const below = (path.split(/[?#]/, 1)[0] as string).slice(basePathOf(server).length);
  return segmentReadings(below, "any case").flatMap((segments) => {
    const gateway = segments.findIndex((segment) => isNamed(segment, "gateway"));
    const isUsers = /\/(?:ajax-)?api\/\d+\.\d+\//.test(`/${segments.slice(0, gateway).join("/")}/`);
    return gateway === -1 || isUsers ? [] : [gateway];
  });
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
