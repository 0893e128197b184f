/** No answer came from a server: which link that is, why, and what to do. */
import { explainConnectionFailure, isMlflowAuthError } from "@mlflow-auth/core/internal";
import type { Examination } from "./examination.js";
import { broken, brokenBy, type Finding } from "./finding.js";
import { inWords } from "./with-timeout.js";

const ADDRESS = "check host and port in the server's `uri`";

/** By codes of Node and undici, for a connection that did not come about. */
const faults: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  ECONNREFUSED: ["nothing listens there", `${ADDRESS}, and that the server runs`],
  ETIMEDOUT: ["no connection came about", `${ADDRESS}, and whether a firewall, a VPN or a proxy stands between`],
  EHOSTUNREACH: ["there is no way to that host", `${ADDRESS}, and the network and VPN of this machine`],
  ENETUNREACH: ["there is no way to that network", `${ADDRESS}, and the network and VPN of this machine`],
  ENOTFOUND: ["the host name is unknown", `${ADDRESS}, DNS and the VPN`],
};

export function connectionFailure(thrown: unknown, { target: { uri }, wire, timeout }: Examination): Finding {
  const error = explainConnectionFailure(thrown as Error, uri);
  if (isMlflowAuthError(error)) {
    const finding = brokenBy("connection", error);
    const names = namesIn(thrown);
    return names === undefined ? finding : { ...finding, found: `${finding.found}; it is for ${names}` };
  }
  const { host, origin, protocol } = new URL(uri);
  const connected = wire.connected(origin);
  const code = codeOf(thrown);
  if ((thrown as Error).name === "TimeoutError") {
    return connected
      ? broken(
          "health",
          `${host} took the connection and gave no answer within ${inWords(timeout)}`,
          "see why the server hangs: its log, its load, its database; or give it longer with --timeout",
        )
      : broken("connection", `no connection to ${host} within ${inWords(timeout)}`, faults["ETIMEDOUT"]?.[1] as string);
  }
  if (code === "UND_ERR_HEADERS_OVERFLOW") {
    return broken(
      "connection",
      `${host} answers with more headers than clients take (16 KiB)`,
      "see which of them grow, such as cookies of what stands before MLflow",
    );
  }
  // undici's name for what has no code of the parser, such as a control character in a header.
  if (code.startsWith("HPE_") || code === "HTTPParserError") {
    return broken("connection", `what answers at ${host} does not speak HTTP (${code})`, otherScheme(protocol));
  }
  if (connected) {
    return broken("connection", `${host} hangs up without an answer (${code})`, otherScheme(protocol));
  }
  const [what, remedy] = faults[code] ?? ["no connection came about", ADDRESS];
  return broken("connection", `no connection to ${host}: ${what} (${code})`, remedy);
}

export function otherScheme(protocol: string): string {
  return protocol === "http:"
    ? "write https:// in the server's `uri` if it speaks TLS there; if it does not, check the port"
    : "check the port in the server's `uri`; if the server wants a client certificate, set its tls.cert and tls.key";
}

/** The names of a certificate that is for others than the one asked for. */
function namesIn(thrown: unknown): string | undefined {
  const { cert } = thrown as { cert?: { subjectaltname?: unknown } };
  const names = cert?.subjectaltname;
  return typeof names === "string" && names.length < 500 ? names.replaceAll(/\b(?:DNS|IP Address):/g, "") : undefined;
}

function codeOf(thrown: unknown): string {
  const { code, cause, name } = (thrown ?? {}) as { code?: unknown; cause?: { code?: unknown }; name?: unknown };
  const found = [code, cause?.code, name].find((value) => typeof value === "string");
  return /^\w{1,64}$/.test(String(found)) ? String(found) : "unknown reason";
}
