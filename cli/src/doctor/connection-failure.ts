/** No answer came from a server: with which link that belongs, why, and what to do. */
import {
  type ConnectionFailureKind,
  connectionFailureOf,
  explainConnectionFailure,
  formatDuration,
  isMlflowAuthError,
  type ServerConfig,
  unusedAuthorities,
} from "@mlflow-auth/core/internal";
import type { Examination } from "./examination.js";
import { broken, brokenBy, type Finding } from "./finding.js";
import { withPassedProxy } from "./passed-proxy.js";

type TlsOptions = NonNullable<ServerConfig["tls"]>;

const ADDRESS = "check host and port in the server's address";
const NETWORK = `${ADDRESS}, and whether a firewall, a VPN or a proxy stands between`;

/** What to do, by what happened. Core knows what to do about a failure of TLS. */
const remedies: Readonly<Partial<Record<ConnectionFailureKind, string>>> = {
  refused: `${ADDRESS}, and that the server runs`,
  timeout: NETWORK,
  "no-route": `${ADDRESS}, and the network and VPN of this machine`,
  "unknown-host": `${ADDRESS}, DNS and the VPN`,
  "headers-too-large": "see which of them grow, such as cookies of a proxy in front of MLflow",
  "not-http": `${ADDRESS}: another program than a web server listens there`,
  "breaks-http": "have the server, or the proxy in front of it, fixed: its answers can't be read",
};

/** What a connection that did not come about may be due to a proxy in: the others tell of a server that was reached. */
const unreached: ReadonlySet<ConnectionFailureKind | undefined> = new Set([
  "refused",
  "timeout",
  "no-route",
  "unknown-host",
]);

/** @param thrown by a request, `TimeoutError` included */
export function connectionFailure(thrown: unknown, examination: Examination): Finding {
  const { target, wire, timeout } = examination;
  const { uri } = target;
  const error = explainConnectionFailure(thrown as Error, uri);
  if (isMlflowAuthError(error)) {
    const finding = brokenBy("connection", error);
    const names = namesIn(thrown);
    if (names !== undefined) return { ...finding, found: `${finding.found}; it is for ${names}` };
    return trustedHere(finding, connectionFailureOf(thrown).kind, target.server.tls);
  }
  const { host, origin, protocol } = new URL(uri);
  const connected = wire.connected(origin);
  if ((thrown as Error).name === "TimeoutError") {
    const limit = formatDuration(timeout);
    if (!connected) {
      return withPassedProxy(broken("connection", `no connection to ${host} within ${limit}`, NETWORK), examination);
    }
    return broken(
      "health",
      `${host} took the connection and gave no answer within ${limit}`,
      "see why the server hangs: its log, its load, its database; or give it longer with --timeout",
    );
  }
  const { kind, what } = connectionFailureOf(thrown);
  if (kind === "hung-up" && protocol === "https:" && connected) return afterHandshake(host, target.server.tls);
  if (kind === "not-http" && protocol === "http:" && isTlsAlert(thrown)) return withoutTls(host);
  const remedy = (kind && remedies[kind]) ?? (connected || kind === "hung-up" ? otherScheme(protocol) : ADDRESS);
  const finding = broken("connection", `no ${connected ? "answer of" : "connection to"} ${host}: ${what}`, remedy);
  return unreached.has(kind) ? withPassedProxy(finding, examination) : finding;
}

/** With TLS 1.3 a server that wants a client certificate, or another one, hangs up after the handshake, and no code says why. */
function afterHandshake(host: string, tls: TlsOptions | undefined): Finding {
  const [wish, remedy] =
    tls?.cert === undefined
      ? [
          "wants a client certificate",
          "set `tls: { cert: FILE, key: FILE }` of that server (or MLFLOW_TRACKING_CLIENT_CERT_PATH) to one that it accepts",
        ]
      : [
          "does not accept the client certificate",
          "set tls.cert and tls.key of that server to a certificate of an authority that it trusts, and that has not expired",
        ];
  const found = `${host} speaks TLS and hangs up on the first request, as a server does that ${wish}`;
  return broken("connection", found, `${remedy}; if it wants none, see its log`);
}

/** Where the authorities come from, if not from this machine: they may be the wrong ones. */
function trustedHere(finding: Finding, kind: ConnectionFailureKind | undefined, tls: TlsOptions | undefined): Finding {
  if ((kind !== "untrusted" && kind !== "self-signed") || tls?.ca === undefined) return finding;
  // That what a variable names can't be used is told already.
  if (unusedAuthorities(tls) !== undefined) return finding;
  const variable = tls.caVariable;
  const file = tls.ca.startsWith("-----") ? "" : ` (${tls.ca})`;
  return {
    ...finding,
    found: `${finding.found}; trusted are the authorities of ${variable ?? "tls.ca"}${file} alone`,
    remedy: `write the authority that signed its certificate into the file of ${variable ?? "tls.ca"}${variable === undefined ? "" : ", or set `tls: { ca: FILE }` of that server, which comes first"}`,
  };
}

/** Whether what came instead of an answer is the alert of a server that was spoken to without TLS. */
function isTlsAlert(thrown: unknown): boolean {
  const { data, cause } = (thrown ?? {}) as { data?: unknown; cause?: { data?: unknown } };
  // The type of a record of TLS that is an alert.
  return String(data ?? cause?.data).charCodeAt(0) === 0x15;
}

/** A server that speaks TLS, at an address that begins with http. */
export function withoutTls(host: string): Finding {
  return broken("connection", `${host} speaks TLS, and was spoken to without`, otherScheme("http:"));
}

/** What to do where a connection came about and no answer of HTTP: another protocol may be spoken there. */
function otherScheme(protocol: string): string {
  return protocol === "http:"
    ? "write https:// in the server's address if it speaks TLS there; if it does not, check the port"
    : "check the port in the server's address";
}

/** The names of a certificate that is for others than the one asked for. */
function namesIn(thrown: unknown): string | undefined {
  const { cert } = thrown as { cert?: { subjectaltname?: unknown } };
  const names = cert?.subjectaltname;
  return typeof names === "string" && names.length < 500 ? names.replaceAll(/\b(?:DNS|IP Address):/g, "") : undefined;
}
