/** Host name, connection and health: what can be asked of a server without a credential, so that none is needed to judge them. */
import { createAgent, isLoopback, isMlflowAuthError, type MlflowAuthError, proxyFor } from "@mlflow-auth/core/internal";
import { connectionFailure } from "./connection-failure.js";
import type { Examination } from "./examination.js";
import { brokenBy, type Finding, fine, isBroken, type Link, links, skipped } from "./finding.js";
import { healthFinding, speaksTls, versionIn } from "./health.js";
import { nameFinding } from "./name.js";
import { type Answer, type Dispatcher, exchange } from "./probe.js";

export interface NetworkReport {
  /** The links `name`, `connection` and `health`. */
  readonly findings: readonly Finding[];
  /** Sends as the clients of this server send, without a credential. The caller destroys it. Undefined where it can't be made. */
  readonly agent: Dispatcher | undefined;
  /** Whether the server answered at all. */
  readonly answered: boolean;
}

/** Days before its end from which on a certificate is warned about. */
const SOON = 14;
const DAY = 24 * 3_600_000;

export async function examineNetwork(examination: Examination): Promise<NetworkReport> {
  const { target, env } = examination;
  let proxy: ReturnType<typeof proxyFor>;
  let agent: Dispatcher;
  try {
    proxy = proxyFor(target.uri, env);
    agent = createAgent({ destination: target.uri, tls: target.server.tls, env });
  } catch (thrown) {
    const name = await nameFinding(examination, false);
    return unreachable([name, brokenBy("connection", ours(thrown))], undefined);
  }
  const name = await nameFinding(examination, proxy !== undefined);
  if (isBroken(name)) return unreachable([name], agent);
  let answer: Answer;
  try {
    answer = await exchange(agent, { method: "GET", url: `${target.uri}/health` }, examination.timeout);
  } catch (thrown) {
    const fault = connectionFailure(thrown, examination);
    const connection = fault.link === "connection" ? [] : [connectionFinding(examination, proxy)];
    return unreachable([name, ...connection, fault], agent);
  }
  const cleartext = speaksTls(answer, target.uri);
  if (cleartext !== undefined) return unreachable([name, cleartext], agent);
  const version = answer.status === 200 ? await askVersion(agent, examination) : undefined;
  const findings = [name, connectionFinding(examination, proxy), healthFinding(answer, version)];
  return { findings, agent, answered: true };
}

/** What is missing of the three links is not judged. */
function unreachable(known: readonly Finding[], agent: Dispatcher | undefined): NetworkReport {
  const first = known.find(isBroken) as Finding;
  const rest = (["name", "connection", "health"] as const).slice(known.length);
  const skips = rest.map((link: Link) => skipped(link, `not judged while the ${links[first.link]} is broken`));
  return { findings: [...known, ...skips], agent, answered: false };
}

async function askVersion(agent: Dispatcher, { target, timeout }: Examination): Promise<string | undefined> {
  try {
    return versionIn(await exchange(agent, { method: "GET", url: `${target.uri}/version` }, timeout));
  } catch {
    // It answered a moment ago; its health is what counts.
    return undefined;
  }
}

function connectionFinding({ target, wire }: Examination, proxy: ReturnType<typeof proxyFor>): Finding {
  const { protocol, origin, host, hostname } = new URL(target.uri);
  const secure = protocol === "https:";
  const { tls, allowInsecure } = target.server;
  const end = wire.certificateEnd(origin);
  const warnings: string[] = [];
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

function ours(thrown: unknown): MlflowAuthError {
  if (!isMlflowAuthError(thrown)) throw thrown;
  return thrown;
}
