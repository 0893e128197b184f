/** Who may use the proxy, and for what: everything that can be judged by a request's head alone. */
import type { IncomingMessage } from "node:http";
import { judgeHead } from "../http/head.js";
import { badRequest, forbidden, type Refusal } from "../http/refusal.js";
import { judgeBrowser } from "./browser.js";
import { type OwnAddress, TOKEN_HEADER, type TokenTests } from "./own-address.js";

/** A request that came from a client of ours. */
export interface Admitted {
  /** What follows the token: empty, a query, or a path with its query. */
  readonly path: string;
  /** What comes before it in the addresses of this client: the token with the slash before it, or nothing. */
  readonly prefix: string;
  /** Where the client had the token. `header` is that of the bridge; undefined where none is asked for. */
  readonly by: "path" | "header" | "bearer" | undefined;
  /** Whether a browser may have sent it, so that a page may stand behind it. */
  readonly browser: boolean;
}

const badToken = forbidden(
  "the request lacks the token of this proxy, or has that of another run. Try this: use the whole address as the proxy printed it, or send the token as `Authorization: Bearer` (MLFLOW_TRACKING_TOKEN), not as a user name or password; within `mlflow-auth exec` the address is in MLFLOW_TRACKING_URI.",
);
const badHost = forbidden(
  "the Host header names another host than the proxy's. Try this: use the address as the proxy printed it; a name of its own is allowed with --allow-host.",
);
const noHost = badRequest(
  "the request has no Host header. Try this: send `Host` with host and port of the proxy's address.",
);
const badOrigin = forbidden(
  "the Origin header names another web site than this address, and requests from others are refused. Try this: open the page at the address as the proxy printed it; a name of its own is allowed with --allow-host.",
);
const relayed = forbidden(
  "the request came through another proxy. Try this: exempt the proxy's host, for example in NO_PROXY.",
);
const tokenAgain = badRequest(
  "the path or the query holds the token of this proxy once more, as it is or encoded, and the server must not get it. Try this: put the token into the first segment of the path alone, and give addresses that are data as those of the server.",
);

/**
 * The token is the first segment of the path, or a header: a client that can set one keeps the token out of every address. No web
 * page can, for a browser asks us first whether it may.
 */
export function createAccess(own: OwnAddress): (req: IncomingMessage) => Admitted | Refusal {
  const { token } = own;

  return (req) => {
    let hosts = 0;
    let authorizations = 0;
    let browser = false;
    let language = false;
    const refusal = judgeHead(req, (key, value) => {
      switch (key) {
        case "host":
          hosts++;
          return hosts === 1 && own.isOwnHost(value, req.socket) ? undefined : badHost;
        case "origin":
          browser = true;
          return own.isOwnOrigin(value, req.socket) ? undefined : badOrigin;
        case "x-forwarded-for":
        case "forwarded":
          return relayed;
        case "authorization":
          authorizations++;
          return undefined;
        case "user-agent":
          browser ||= value.startsWith("Mozilla/");
          return undefined;
        case "accept-language":
          language = true;
          return undefined;
        // Not Sec-Fetch-Mode: Node's own fetch sends that, too.
        case "sec-fetch-site":
        case "sec-fetch-dest":
        case "sec-fetch-user":
        case "referer":
        case "service-worker":
          browser = true;
          return undefined;
        default:
          return undefined;
      }
    });
    if (refusal !== undefined) return refusal;
    if (hosts === 0) return noHost;
    let path = req.url as string;
    let prefix = "";
    let by: Admitted["by"];
    if (token !== undefined) {
      const header = req.headers[TOKEN_HEADER] as string | undefined;
      const end = header === undefined ? segmentEnd(path) : 0;
      if (token.isToken(header ?? path.slice(1, end))) {
        by = header === undefined ? "path" : "header";
        prefix = path.slice(0, end);
        path = path.slice(end);
      } else if (header === undefined && authorizations === 1 && isBearer(req, token)) {
        by = "bearer";
      } else {
        return badToken;
      }
      if (token.isIn(path)) return tokenAgain;
    }
    if (browser) {
      const foreign = judgeBrowser(req, own, prefix);
      if (foreign !== undefined) return foreign;
    }
    // A page may give another name than its browser's, but can't take this away; programs send it with Sec-Fetch-Mode, as Node, or not at all.
    const speaks = language && req.headers["sec-fetch-mode"] === undefined;
    return { path, prefix, by, browser: browser || speaks };
  };
}

/** Whether the client gives the token in the place of a credential for the server. */
function isBearer({ headers }: IncomingMessage, token: TokenTests): boolean {
  const [, given] = /^bearer +([^ ]+) *$/i.exec(headers.authorization as string) ?? [];
  return given !== undefined && token.isToken(given);
}

/** Where the first segment of a path ends. */
function segmentEnd(target: string): number {
  const end = target.slice(1).search(/[/?]/);
  return end === -1 ? target.length : end + 1;
}
