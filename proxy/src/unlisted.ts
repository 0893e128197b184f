/** Addresses of no listed server, to which a program sends requests past the proxy: the bridge in Python's MLflow tells of them. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Secret } from "@mlflow-auth/core/internal";
import type { Admitted } from "./access.js";
import { holdsToken } from "./token.js";

export interface Unlisted {
  readonly addresses: readonly string[];
  /** Whether this was such a message; it is answered then. */
  take(req: IncomingMessage, res: ServerResponse, admitted: Admitted): boolean;
}

/** As in python/mlflow_auth_bridge.py. */
const PATH = "/~unlisted";
const HEADER = "mlflow-auth-unlisted";
const MOST = 5;

/** @param token no address that holds it is kept: they are for people to read */
export function createUnlisted(token: Secret | undefined): Unlisted {
  const addresses: string[] = [];
  return {
    addresses,
    take(req, res, { path, prefix }) {
      if (prefix !== "" || path !== PATH) return false;
      const address = req.headers[HEADER];
      if (typeof address !== "string") return false;
      res.writeHead(204).end();
      const url = URL.parse(address);
      if (url === null || (token !== undefined && holdsToken(address, token))) return true;
      // Never the user name that was given, only that there was one.
      const shown = `${url.protocol}//${url.username === "" ? "" : "user@"}${url.host}${url.pathname}`;
      if (addresses.length < MOST && !addresses.includes(shown)) addresses.push(shown);
      return true;
    },
  };
}
