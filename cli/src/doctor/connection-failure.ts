/** No answer came from a server: with which link that belongs, why, and what to do. */
import {
  type ConnectionFailureKind,
  connectionFailureOf,
  explainConnectionFailure,
  formatDuration,
  isMlflowAuthError,
} from "@mlflow-auth/core/internal";
import type { Examination } from "./examination.js";
import { broken, brokenBy, type Finding } from "./finding.js";

const ADDRESS = "check host and port in the server's address";
const NETWORK = `${ADDRESS}, and whether a firewall, a VPN or a proxy stands between`;

/** What to do, by what happened. Core knows what to do about a failure of TLS. */
const remedies: Readonly<Partial<Record<ConnectionFailureKind, string>>> = {
  refused: `${ADDRESS}, and that the server runs`,
  timeout: NETWORK,
  "no-route": `${ADDRESS}, and the network and VPN of this machine`,
  "unknown-host": `${ADDRESS}, DNS and the VPN`,
  "headers-too-large": "see which of them grow, such as cookies of a proxy in front of MLflow",
};

/** @param thrown by a request, `TimeoutError` included */
export function connectionFailure(thrown: unknown, { target: { uri }, wire, timeout }: Examination): Finding {
  const error = explainConnectionFailure(thrown as Error, uri);
  if (isMlflowAuthError(error)) {
    const finding = brokenBy("connection", error);
    const names = namesIn(thrown);
    return names === undefined ? finding : { ...finding, found: `${finding.found}; it is for ${names}` };
  }
  const { host, origin, protocol } = new URL(uri);
  const connected = wire.connected(origin);
  if ((thrown as Error).name === "TimeoutError") {
    const limit = formatDuration(timeout);
    if (!connected) return broken("connection", `no connection to ${host} within ${limit}`, NETWORK);
    return broken(
      "health",
      `${host} took the connection and gave no answer within ${limit}`,
      "see why the server hangs: its log, its load, its database; or give it longer with --timeout",
    );
  }
  const { kind, what } = connectionFailureOf(thrown);
  const remedy = (kind && remedies[kind]) ?? (connected || kind === "hung-up" ? otherScheme(protocol) : ADDRESS);
  return broken("connection", `no ${connected ? "answer of" : "connection to"} ${host}: ${what}`, remedy);
}

/** What to do where a connection came about and no answer of HTTP: another protocol may be spoken there. */
export function otherScheme(protocol: string): string {
  return protocol === "http:"
    ? "write https:// in the server's address if it speaks TLS there; if it does not, check the port"
    : "check the port in the server's address; if the server wants a client certificate, set its tls.cert and tls.key";
}

/** The names of a certificate that is for others than the one asked for. */
function namesIn(thrown: unknown): string | undefined {
  const { cert } = thrown as { cert?: { subjectaltname?: unknown } };
  const names = cert?.subjectaltname;
  return typeof names === "string" && names.length < 500 ? names.replaceAll(/\b(?:DNS|IP Address):/g, "") : undefined;
}
