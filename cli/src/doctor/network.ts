/** Host name, connection and health: what can be asked of a server without a credential, so that none is needed to judge them. */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import {
  createAgent,
  formatDuration,
  ignoredProxy,
  ignoredProxyWarning,
  isLoopback,
  proxyFor,
  remedyForPassing,
  sparedProxy,
  unusedAuthorities,
  unusedAuthoritiesWarning,
} from "@mlflow-auth/core/internal";
import { withTimeout } from "../with-timeout.js";
import { connectionFailure, withoutTls } from "./connection-failure.js";
import type { Examination } from "./examination.js";
import { broken, brokenBy, type Finding, fine, isBroken, knownError, type Link, links, skipped } from "./finding.js";
import { withPassedProxy } from "./passed-proxy.js";
import { type Answer, type Dispatcher, isHtml, probe } from "./probe.js";

/** What came of asking a server without a credential. */
export interface NetworkReport {
  /** The links `name`, `connection` and `health`. */
  readonly findings: readonly Finding[];
  /** Whether the server answered at all. */
  readonly answered: boolean;
}

type Proxy = ReturnType<typeof proxyFor>;

/** How many addresses of a host are shown. */
const SHOWN = 3;
/** Days before its end from which on a certificate is warned about. */
const SOON = 14;
const DAY = 24 * 3_600_000;

/** Asks for `/health` and, where that is answered, `/version`, the way that requests of this server go. */
export async function examineNetwork(examination: Examination): Promise<NetworkReport> {
  const { findings, answered } = await examineOnTheWay(examination);
  const { target, env } = examination;
  const ignored = ignoredProxy(target.uri, env);
  // Where no connection came about it stands there, for it may be why.
  if (ignored === undefined || findings.some(isBroken)) return { findings, answered };
  const warning = ignoredProxyWarning(ignored, `requests to ${target.uri}`);
  const told = findings.map((one) =>
    one.link === "connection" ? { ...one, warnings: [...one.warnings, warning] } : one,
  );
  return { findings: told, answered };
}

async function examineOnTheWay(examination: Examination): Promise<NetworkReport> {
  const { target, opened, env } = examination;
  if ("open" in opened) {
    const agent = opened.open.agentFor(target.server) as Dispatcher;
    return await examineThrough(agent, proxyFor(target.uri, env), examination);
  }
  let proxy: Proxy;
  let agent: Dispatcher;
  try {
    proxy = proxyFor(target.uri, env);
    agent = createAgent({ destination: target.uri, tls: target.server.tls, env });
  } catch (thrown) {
    const error = knownError(thrown);
    // The proxy that can't be used might know the name.
    const name = await nameFinding(examination, error.code === "HTTP_PROXY");
    return unreachable([name, brokenBy("connection", error)]);
  }
  try {
    return await examineThrough(agent, proxy, examination);
  } finally {
    // A server that hangs would hold up a close.
    await agent.destroy();
  }
}

async function examineThrough(agent: Dispatcher, proxy: Proxy, examination: Examination): Promise<NetworkReport> {
  const { target, timeout, env } = examination;
  const name = await nameFinding(examination, proxy !== undefined && sparedProxy(target.uri, env) === undefined);
  if (isBroken(name)) return unreachable([withPassedProxy(name, examination)]);
  let answer: Answer;
  try {
    answer = await probe(agent, { method: "GET", url: `${target.uri}/health` }, timeout);
  } catch (thrown) {
    const fault = connectionFailure(thrown, examination);
    const connection = fault.link === "connection" ? [] : [connectionFinding(examination, proxy)];
    return unreachable([name, ...connection, fault]);
  }
  const cleartext = speaksTls(answer, target.uri);
  if (cleartext !== undefined) return unreachable([name, cleartext]);
  const version = answer.status === 200 ? await askVersion(agent, target.uri, timeout) : undefined;
  const findings = [name, connectionFinding(examination, proxy), healthFinding(answer, version)];
  return { findings, answered: true };
}

/** What is missing of the three links is not judged. */
function unreachable(known: readonly Finding[]): NetworkReport {
  const first = known.find(isBroken) as Finding;
  const rest = (["name", "connection", "health"] as const).slice(known.length);
  const skips = rest.map((link: Link) => skipped(link, `not judged while the ${links[first.link]} is broken`));
  return { findings: [...known, ...skips], answered: false };
}

/**
 * Whether the host has an address, asked as every program asks.
 *
 * @param proxied that a proxy in the environment may resolve the name instead
 */
async function nameFinding({ target, timeout }: Examination, proxied: boolean): Promise<Finding> {
  const host = new URL(target.uri).hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0) return fine("name", `${host} is an address itself`);
  const found = await withTimeout(
    timeout,
    lookup(host, { all: true }).catch((error: NodeJS.ErrnoException) => error),
    () => Object.assign(new Error("late"), { code: "EAI_AGAIN" }),
  );
  if (Array.isArray(found)) {
    const more = found.length > SHOWN ? ", …" : "";
    const shown = found.slice(0, SHOWN).map(({ address }) => address);
    return fine("name", `${host} is ${shown.join(", ")}${more}`);
  }
  if (proxied) return skipped("name", `${host} is unknown here, and a proxy in the environment may know it`);
  if (found.code === "ENOTFOUND") {
    return broken(
      "name",
      `the host name ${host} is unknown (${found.code})`,
      "correct the host in the server's address; if it is right, check DNS and the VPN of this machine",
    );
  }
  return broken(
    "name",
    `no name server told the address of ${host} within ${formatDuration(timeout)} (${found.code})`,
    "check the network, DNS and the VPN of this machine",
  );
}

function connectionFinding({ target, wire }: Examination, proxy: Proxy): Finding {
  const { protocol, origin, host, hostname } = new URL(target.uri);
  const secure = protocol === "https:";
  const { tls, allowInsecure } = target.server;
  const end = wire.certificateEnd(origin);
  const warnings: string[] = [];
  const unused = secure ? unusedAuthorities(tls) : undefined;
  if (unused !== undefined) warnings.push(unusedAuthoritiesWarning(unused));
  if (secure && tls?.insecureSkipVerify) {
    warnings.push(
      "insecureSkipVerify: the certificate is not verified, so anybody on the way can take the credential; set tls.ca instead",
    );
  } else if (end !== undefined && end.getTime() - Date.now() < SOON * DAY) {
    warnings.push(`the certificate ends on ${end.toISOString().slice(0, 10)}: have it renewed`);
  }
  if (!secure && allowInsecure && !isLoopback(hostname)) {
    warnings.push("allowInsecure: the credential travels in the clear; use https");
  }
  const by =
    proxy !== undefined && wire.connected(proxy.url.origin)
      ? ` by way of the proxy ${proxy.url.host} (${proxy.variable})`
      : "";
  const certificate = end === undefined ? "" : `, certificate until ${end.toISOString().slice(0, 10)}`;
  return fine("connection", `${host} ${secure ? "speaks TLS" : "answers"}${by}${certificate}`, warnings);
}

/** What a server says on its TLS port to a client that doesn't speak it: nginx and Apache in HTML, Go's in plain text. */
function speaksTls(answer: Answer, uri: string): Finding | undefined {
  const { protocol, host } = new URL(uri);
  const told = answer.status === 400 && /HTTPS (port|server)|SSL-enabled server port/i.test(answer.text);
  if (protocol !== "http:" || !told) return undefined;
  return withoutTls(host);
}

/**
 * What `/health` says without a credential. That it is protected, or not passed on at all, is no fault: many proxies in front of
 * MLflow are set up so, and the request that follows tells.
 *
 * @param version MLflow's, where `/version` told it
 */
export function healthFinding(answer: Answer, version: string | undefined): Finding {
  const { status } = answer;
  if (status >= 500 || status === 429) return broken("health", `/health answered ${status}`, remedyForPassing(status));
  if (status === 401 || status === 403) return skipped("health", `/health is protected, too (${status})`);
  if (status >= 300 && status < 400)
    return skipped("health", `/health leads elsewhere without a credential (${status})`);
  if (status !== 200) return skipped("health", `there is no /health below this address (${status})`);
  if (isHtml(answer)) return skipped("health", "/health is an HTML page here, as where one has to sign in");
  if (answer.text.trim() !== "OK") return skipped("health", "/health is not MLflow's here");
  return fine("health", version === undefined ? "MLflow is well" : `MLflow ${version} is well`);
}

/**
 * Undefined for what is no version: it is shown as it is.
 *
 * @param address the server's, or by which it is reached
 * @param timeout milliseconds
 */
export async function askVersion(agent: Dispatcher, address: string, timeout: number): Promise<string | undefined> {
  try {
    const { status, text } = await probe(agent, { method: "GET", url: `${address}/version` }, timeout);
    const version = text.trim();
    return status === 200 && /^\d{1,4}(\.\w{1,20}){1,4}([+-][\w.]{1,20})?$/.test(version) ? version : undefined;
  } catch {
    // It answered a moment ago; its health is what counts.
    return undefined;
  }
}
