/** Who may use the proxy, and for what: everything that can be judged by a request's head alone. */
import type { IncomingMessage } from "node:http";
import type { Secret } from "@mlflow-auth/core/internal";
import { isCanonical } from "./canonical-path.js";
import type { OwnHosts } from "./own-hosts.js";
import { badRequest, forbidden, type Refusal } from "./refusal.js";
import { holdsToken, TOKEN_HEADER, tokenTest } from "./token.js";

export interface Admitted {
  /** What follows the token: empty, or a canonical path with its query. */
  readonly path: string;
  /** What stands before it in the addresses of this client: the token with the slash before it, or nothing. */
  readonly prefix: string;
}

export type Judgement = Admitted | Refusal;

const REFUSED_METHODS = new Set(["CONNECT", "TRACE", "TRACK"]);

const badToken = forbidden(
  "the address lacks the token of this proxy, or has that of another run. Use the whole address as the proxy printed it; within `mlflow-auth exec` it is in MLFLOW_TRACKING_URI.",
);
const badHost = forbidden(
  "the Host header names another host than the proxy's. Use the address as the proxy printed it; a name of its own is allowed with --allow-host.",
);
const badOrigin = forbidden("requests from other web sites are refused.");
const relayed = forbidden("the request came through another proxy. Exempt the proxy's host, for example in NO_PROXY.");
const tokenAgain = badRequest(
  "the path or the query holds the token of this proxy once more, and the server must not get it. The token belongs into the first segment of the path alone; give addresses that are data as those of the server.",
);
const badPath = badRequest(
  "the path is not in its canonical form (dot segments, backslashes, control characters or broken escapes) and is not passed on.",
);
const badTarget = badRequest("the request target must be a path; this is no forward proxy.");
const badFraming = badRequest("the length of the request's body is declared in a way that servers read differently.");
const badMethod: Refusal = { ...badRequest("this method is not passed on."), status: 405 };
const noUpgrade: Refusal = {
  status: 501,
  errorCode: "NOT_IMPLEMENTED",
  message: "connections are not upgraded to another protocol.",
};

/**
 * The token is the first segment of the path, or a header: a client of ours that can set one keeps the token out of every address.
 * No web page can, for a browser asks us first whether it may.
 *
 * @param token undefined: none is asked for, and paths begin with the upstream's own
 */
export function createAccess(token: Secret | undefined, hosts: OwnHosts): (req: IncomingMessage) => Judgement {
  const isToken = token === undefined ? undefined : tokenTest(token);

  return (req) => {
    const target = req.url as string;
    if (REFUSED_METHODS.has(req.method as string)) return badMethod;
    if (!target.startsWith("/")) return badTarget;
    const problem = judgeHeaders(req, hosts);
    if (problem !== undefined) return problem;

    let path = target;
    let prefix = "";
    if (isToken !== undefined && token !== undefined) {
      const header = req.headers[TOKEN_HEADER] as string | undefined;
      const end = header === undefined ? segmentEnd(target) : 0;
      if (!isToken(header ?? target.slice(1, end))) return badToken;
      prefix = target.slice(0, end);
      path = target.slice(end);
      if (holdsToken(path, token)) return tokenAgain;
    }
    return isCanonical(path.startsWith("/") ? path : `/${path}`) ? { path, prefix } : badPath;
  };
}

/** Where the first segment of a path ends. */
function segmentEnd(target: string): number {
  const end = target.slice(1).search(/[/?]/);
  return end === -1 ? target.length : end + 1;
}

function judgeHeaders(req: IncomingMessage, hosts: OwnHosts): Refusal | undefined {
  const { rawHeaders, socket } = req;
  let host: string | undefined;
  let transferEncoding: string | undefined;
  let contentLength: string | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const value = rawHeaders[i + 1] as string;
    switch ((rawHeaders[i] as string).toLowerCase().replaceAll("_", "-")) {
      case "host":
        if (host !== undefined) return badHost;
        host = value;
        break;
      case "origin":
        if (!hosts.isOwnOrigin(value, socket)) return badOrigin;
        break;
      case "x-forwarded-for":
      case "forwarded":
        return relayed;
      case "upgrade":
        // Clients that would speak HTTP/2 offer it so, and go on with HTTP/1.1 when nobody takes it up.
        if (value.toLowerCase() !== "h2c") return noUpgrade;
        break;
      case "transfer-encoding":
        if (transferEncoding !== undefined || value.toLowerCase() !== "chunked") return badFraming;
        transferEncoding = value;
        break;
      case "content-length":
        if (contentLength !== undefined) return badFraming;
        contentLength = value;
        break;
    }
  }
  if (host === undefined || !hosts.isOwnHost(host, socket)) return badHost;
  if (transferEncoding !== undefined && (contentLength !== undefined || req.httpVersion !== "1.1")) return badFraming;
  return undefined;
}
